import type { Field, FieldOwner } from '#lib/model/custom-field.ts'
import { fieldsOf } from '#lib/store/documents/custom-fields.ts'
import { newJob } from '#lib/store/queue.ts'
import { type FieldsOf, verbsOf } from './verbs.ts'

export type FieldFields = FieldsOf<Field>

/** The verbs of custom fields. Of one that is deleted no answer shows the values; a job removes them from the rows. */
export const fieldVerbs = (of: FieldOwner) =>
  verbsOf<Field, Field>({
    kind: fieldsOf(of),
    id: 'field',
    load: async (_, field) => field,
    shown: (field) => field,
    ending: (scope, field) => newJob(scope, 'delete-field', { field, of }).writes,
  })
