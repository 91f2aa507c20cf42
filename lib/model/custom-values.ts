import { ApiError } from '#lib/base/errors.ts'
import type { Field, Permission } from './custom-field.ts'
import type { CustomValue } from './person.ts'

/** How somebody stands to the data of one person: organiser roles, the person themselves, anyone else. */
export type Standing = 'organiser' | 'owner' | 'other'

const allows = (permission: Permission, standing: Standing): boolean =>
  standing === 'organiser' ||
  permission === 'Everyone' ||
  (permission === 'Organizer and Data Owner' && standing === 'owner')

/**
 * Custom values with our field ids as keys. Keys are looked up (external id first, then ours, then a name); throws
 * `unknown_custom_field` or `field_forbidden` naming the key.
 */
export function customValues(
  sent: Record<string, CustomValue | null>,
  fields: Field[],
  system: string | undefined,
  standing: Standing = 'organiser',
): Record<string, CustomValue> {
  const values: Record<string, CustomValue> = {}
  for (const [key, value] of Object.entries(sent)) {
    const field = fieldNamed(fields, key, system)
    if (!field) throw new ApiError('unknown_custom_field', { field: `custom_fields_meta.${key}` })
    if (!allows(field.edit, standing)) {
      throw new ApiError('field_forbidden', { field: `custom_fields_meta.${key}` })
    }
    if (value === null) delete values[field.id]
    else values[field.id] = value
  }
  return values
}

const fieldNamed = (fields: Field[], key: string, system: string | undefined) =>
  fields.find(({ externalIds }) =>
    externalIds.some((one) => one.system === system && one.id === key),
  ) ??
  fields.find(({ id }) => id === key) ??
  oneNamed(fields, key)

/** As exports and spreadsheets know a field; a name that two have is none. */
function oneNamed(fields: Field[], name: string): Field | undefined {
  const [first, second] = fields.filter((field) => field.name === name)
  return second ? undefined : first
}

/** The values that exist and that the reader may see, by the key that the reader's system uses. */
export function visibleValues(
  values: Record<string, CustomValue>,
  fields: Field[],
  keyOf: (field: Field) => string,
  standing: Standing = 'organiser',
): Record<string, CustomValue> {
  const shown = fields.filter(({ id, view }) => id in values && allows(view, standing))
  return Object.fromEntries(shown.map((field) => [keyOf(field), values[field.id] as CustomValue]))
}
