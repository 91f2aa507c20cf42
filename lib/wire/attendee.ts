import * as v from 'valibot'
import { blankAsAbsent, email } from '#lib/base/text.ts'
import { externalIdsField, reference } from './fields.ts'

/** Who gets a seat by a batch. */
export const AttendeeRow = v.strictObject({
  person_id: blankAsAbsent(reference),
  email_address: blankAsAbsent(email),
  external_ids: externalIdsField,
})
