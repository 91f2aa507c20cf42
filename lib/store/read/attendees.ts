import type { Page, PageWanted } from '#lib/base/page.ts'
import type { Person } from '#lib/model/person.ts'
import { deletingOf } from '#lib/store/deleting.ts'
import { findMany } from '#lib/store/find-many.ts'
import { sets } from '#lib/store/sets.ts'
import type { CountedSet } from '#lib/table/buckets.ts'
import { listCounted } from '#lib/table/counted.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRecentRows } from '#lib/table/recent.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** Attendees in id order with the exact total. */
export const listAttendees = (
  scope: EventScope,
  session: string,
  wanted: PageWanted,
): Promise<Page<Person>> => listPeopleIn(scope, sets.attendees(scope, session), wanted)

/**
 * The first page of the attendees, for whoever joins: everybody's answer names the same people, so they are as they were at
 * most a second ago. Who attends, and the total, are of this moment.
 */
export async function attendeesInPassing(
  scope: EventScope,
  session: string,
  wanted: PageWanted,
): Promise<Page<Person>> {
  const { page, ids } = await idsIn(scope, sets.attendees(scope, session), wanted)
  const rows = await getRecentRows<Person & Key>(
    scope,
    ids.map((id) => keys.person(scope, id)),
  )
  return { ...page, rows }
}

/** The people whose ids a set counts, in id order with the exact total; those being deleted are left out. */
export async function listPeopleIn(
  scope: EventScope,
  set: CountedSet,
  wanted: PageWanted,
): Promise<Page<Person>> {
  const { page, ids } = await idsIn(scope, set, wanted)
  const people = await findMany(scope, 'person', ids)
  return { ...page, rows: ids.flatMap((id) => people.get(id) ?? []) }
}

async function idsIn(scope: EventScope, set: CountedSet, wanted: PageWanted) {
  const without = deletingOf(scope, 'person')
  const page = await listCounted<{ sk: string }>(scope, set, { ...wanted, without })
  return { page, ids: page.rows.map(({ sk }) => sk) }
}
