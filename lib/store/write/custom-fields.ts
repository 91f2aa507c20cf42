import { newId } from '#lib/base/ids.ts'
import type { Field, FieldOwner } from '#lib/model/custom-field.ts'
import {
  type ExternalId,
  firstExternalIds,
  nextExternalIds,
  type SentIds,
} from '#lib/model/external-id.ts'
import { born, change, create, type Precondition } from '#lib/store/document.ts'
import { fieldsOf } from '#lib/store/documents/custom-fields.ts'
import { newJob } from '#lib/store/queue.ts'
import type { EventScope } from '#lib/table/scope.ts'

export type FieldFields = Pick<Field, 'name' | 'view' | 'edit'> & { externalIds?: SentIds }

/** Makes a field. Names need not differ: ids tell fields apart. `upsert`: the external ids of the path. */
export function createField(
  scope: EventScope,
  of: FieldOwner,
  { externalIds, ...fields }: FieldFields,
  upsert: ExternalId[] = [],
): Promise<Field> {
  const ids = firstExternalIds(externalIds, upsert)
  const field: Field = { ...fields, ...born(), id: newId('field'), externalIds: ids }
  return create(scope, fieldsOf(of), field, field)
}

export const updateField = (
  scope: EventScope,
  of: FieldOwner,
  id: string,
  fields: (current: Field) => FieldFields,
  precondition: Precondition<Field>,
): Promise<Field> =>
  change(scope, fieldsOf(of), id, async (before, next) => {
    precondition(before)
    const { externalIds, ...own } = fields(before)
    const field = next({ ...own, externalIds: nextExternalIds(externalIds, before) })
    return { after: field, made: field }
  })

/** Deletes a field: from then on no answer shows its values; a job removes them from the rows. */
export const deleteField = (
  scope: EventScope,
  of: FieldOwner,
  id: string,
  precondition: Precondition<Field>,
): Promise<Field> =>
  change(scope, fieldsOf(of), id, async (before) => {
    precondition(before)
    const job = newJob(scope, 'delete-field', { field: id, of })
    return { after: undefined, made: before, more: job.writes }
  })
