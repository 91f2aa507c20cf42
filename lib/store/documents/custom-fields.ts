import type { Field, FieldOwner } from '#lib/model/custom-field.ts'
import type { Kind } from '#lib/store/document.ts'
import { externalRows } from '#lib/store/external-ids.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'

/** Custom fields of people or of sessions: at most 200 each; names need not differ, ids tell fields apart. */
export const fieldsOf = (of: FieldOwner): Kind<Field> => ({
  name: 'custom_field',
  missing: 'custom_field_not_found',
  key: (scope, id) => keys.field(scope, of, id),
  set: (scope) => sets.fields(scope, of),
  derived: (scope, field) => externalRows(scope, 'field', field),
})
