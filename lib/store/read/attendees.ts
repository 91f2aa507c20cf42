import type { Page, PageWanted } from '#lib/base/page.ts'
import type { Person } from '#lib/model/person.ts'
import { deletingOf } from '#lib/store/deleting.ts'
import { findMany } from '#lib/store/find-many.ts'
import { sets } from '#lib/store/sets.ts'
import type { CountedSet } from '#lib/table/buckets.ts'
import { listCounted } from '#lib/table/counted.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** Attendees in id order with the exact total. */
export const listAttendees = (
  scope: EventScope,
  session: string,
  wanted: PageWanted,
): Promise<Page<Person>> => listPeopleIn(scope, sets.attendees(scope, session), wanted)

/** The people whose ids a set counts, in id order with the exact total; those being deleted are left out. */
export async function listPeopleIn(
  scope: EventScope,
  set: CountedSet,
  wanted: PageWanted,
): Promise<Page<Person>> {
  const without = deletingOf(scope, 'person')
  const page = await listCounted<{ sk: string }>(scope, set, { ...wanted, without })
  const people = await findMany(
    scope,
    'person',
    page.rows.map(({ sk }) => sk),
  )
  return { ...page, rows: page.rows.flatMap(({ sk }) => people.get(sk) ?? []) }
}
