import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import type { Person } from '#lib/model/person.ts'
import { externalWrites } from '#lib/store/external-ids.ts'
import { countWrites } from '#lib/table/buckets.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { put, remove, type Write } from '#lib/table/transact.ts'

/** Names, external ids and, for a new person, the count. */
export function ownWrites(scope: EventScope, before: Person | undefined, after: Person): Write[] {
  return [
    ...emailWrites(scope, before, after.email, after.id),
    ...externalWrites(scope, 'person', after.id, before?.externalIds ?? [], after.externalIds),
    ...(before ? [] : countWrites(sets.people(scope), [{ id: after.id, by: 1 }])),
  ]
}

/** The writes that let go of the e-mail address of before and take the other one; '' is none. */
export function emailWrites(
  scope: EventScope,
  before: Person | undefined,
  after: string,
  id = before?.id,
): Write[] {
  const was = before?.email ?? ''
  if (was === after) return []
  const taken = { error: 'duplicate_email', detail: { field: 'profile.email_address' } } as const
  const made = after ? [put({ ...keys.email(scope, after), to: id }, { exists: false }, taken)] : []
  return [...(was ? [remove(keys.email(scope, was))] : []), ...made]
}

/** Refuses a person who would not fit a row with room for the agenda. */
export function checkSize(person: Person): void {
  const size = Buffer.byteLength(JSON.stringify({ ...person, agenda: {} }))
  if (size > limits.entityBytes.value) throw new ApiError('too_large', { field: '' })
}
