import { ApiError } from '#lib/base/errors.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { Person } from '#lib/model/person.ts'
import { storedEvent } from '#lib/store/read/stored-event.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { check, type Write } from '#lib/table/writes.ts'

/**
 * The check that a person is there when what is made for them appears; throws `invalid_reference` when they are not.
 * Whoever is being deleted is hidden by the event and moved to a new version in one transaction: read before the
 * event, under the version that was read, they can be neither gone nor going.
 */
export async function personCheck(scope: EventScope, id: string, field: string): Promise<Write> {
  const key: Key = keys.person(scope, id)
  const person = await getRow<Person>(scope, key)
  const event = await storedEvent(scope, scope.org, scope.event)
  if (!person || event?.gone?.has(id)) {
    throw new ApiError('invalid_reference', unknownReference('person', id, field))
  }
  return check(key, { vr: person.vr }, 'conflict')
}
