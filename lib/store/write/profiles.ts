import { isDeepStrictEqual } from 'node:util'
import type { Field } from '#lib/model/custom-field.ts'
import type { Person } from '#lib/model/person.ts'
import type { Precondition } from '#lib/store/document.ts'
import { people } from '#lib/store/documents/people.ts'
import { changeSettled } from '#lib/store/links/open-job.ts'
import { listFields } from '#lib/store/read/custom-fields.ts'
import { sets } from '#lib/store/sets.ts'
import { type Bucket, bucketKey } from '#lib/table/buckets.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { check, type Write } from '#lib/table/writes.ts'
import { checkSize } from './people.ts'

/** What a person may change of themselves. */
export type OwnFields = Pick<
  Person,
  'firstName' | 'lastName' | 'company' | 'title' | 'about' | 'social' | 'custom' | 'profile'
>
/** A person with the fields that people have. */
export type OwnProfile = { person: Person; fields: Field[] }

/** Writes what `wanted` makes of somebody's own fields. */
export const updateProfile = (
  scope: EventScope,
  id: string,
  wanted: (current: OwnProfile) => OwnFields,
  precondition: Precondition<OwnProfile>,
): Promise<OwnProfile> =>
  changeSettled(scope, people, id, async (before, next) => {
    const { fields, unchanged } = await fieldsNow(scope)
    const current = { person: before, fields }
    precondition(current)
    const person = next(wanted(current))
    checkSize(person)
    const more = setsValues(before, person) ? [unchanged] : []
    return { after: person, made: { person, fields }, more }
  })

/** The fields that people have, and the write that fails when one has come or gone since. */
async function fieldsNow(scope: EventScope): Promise<{ fields: Field[]; unchanged: Write }> {
  const key = bucketKey(sets.fields(scope, 'people'), '00')
  const bucket = await getRow<Bucket>(scope, key)
  const fields = await listFields(scope, 'people')
  const when = bucket ? { equals: { vr: bucket.vr } } : { exists: false }
  return { fields, unchanged: check(key, when, 'conflict') }
}

/** Whether somebody gets a value under a field: a deleted field must not come back with it. */
const setsValues = (before: Person, after: Person): boolean =>
  Object.entries(after.custom).some(([id, value]) => !isDeepStrictEqual(before.custom[id], value))
