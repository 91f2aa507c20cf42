import type { Field } from '#lib/model/custom-field.ts'
import { visibleValues } from '#lib/model/custom-values.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import type { CustomValue } from '#lib/model/person.ts'
import { type Presentation, printTime, type Stamped } from '#lib/wire/presentation.ts'

type Named = { id: string; externalIds?: ExternalId[] | undefined }

/**
 * What something is called where it is to be found again in another event: by the caller's system, else by its name or
 * address, else by our id.
 */
export const calledBy = (view: Presentation, one: Named, name: string): string =>
  one.externalIds?.find(({ system }) => system === view.system)?.id ?? (name || one.id)

/** Custom values by what their fields are called; a name that two fields have is none. */
export function valuesByName(
  view: Presentation,
  values: Record<string, CustomValue>,
  fields: Field[],
): Record<string, CustomValue> {
  const isOne = (name: string) => fields.filter((field) => field.name === name).length === 1
  return visibleValues(values, fields, (field) =>
    calledBy(view, field, isOne(field.name) ? field.name : ''),
  )
}

export const printChanged = (view: Presentation, { createdAt, updatedAt }: Stamped) => ({
  creation_datetime: printTime(view, createdAt),
  update_datetime: printTime(view, updatedAt),
})
