import type { Field, FieldOwner } from '#lib/model/custom-field.ts'
import { required } from '#lib/store/document.ts'
import { fieldsOf } from '#lib/store/documents/custom-fields.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** All custom fields of people or of sessions, in id order; at most 200. */
export const listFields = (scope: EventScope, of: FieldOwner): Promise<Field[]> =>
  queryRows<Field>(scope, { pk: keys.fields(scope, of) })

export const requireField = (scope: EventScope, of: FieldOwner, id: string | undefined) =>
  required(scope, fieldsOf(of), id)

/** The same, unless they are known from before. None known are asked for again: nothing had a value when they were not read. */
export const fieldsBeside = (
  scope: EventScope,
  of: FieldOwner,
  known?: { fields: Field[] },
): Promise<Field[]> | Field[] => (known?.fields.length ? known.fields : listFields(scope, of))
