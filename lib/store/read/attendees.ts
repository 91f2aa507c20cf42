import type { Page, PageWanted } from '#lib/base/page.ts'
import type { Person } from '#lib/model/person.ts'
import { deletingOf } from '#lib/store/deleting.ts'
import { sets } from '#lib/store/sets.ts'
import { listCounted } from '#lib/table/counted.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { findMany } from './references.ts'

/** Attendees in id order with the exact total. */
export async function listAttendees(
  scope: EventScope,
  session: string,
  wanted: PageWanted,
): Promise<Page<Person>> {
  const without = deletingOf(scope, 'person')
  const set = sets.attendees(scope, session)
  const page = await listCounted<{ sk: string }>(scope, set, { ...wanted, without })
  const people = await findMany(
    scope,
    'person',
    page.rows.map(({ sk }) => sk),
  )
  return { ...page, rows: page.rows.flatMap(({ sk }) => people.get(sk) ?? []) }
}
