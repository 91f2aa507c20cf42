import { limits } from '#lib/base/limits.ts'
import type { Page } from '#lib/base/page.ts'
import type { Person } from '#lib/model/person.ts'
import { roles, speaker } from '#lib/model/session.ts'
import type { CountedTrack } from '#lib/model/track.ts'
import { findMany } from '#lib/store/find-many.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sessionTotal } from './event-counts.ts'
import { listTracks } from './tracks.ts'

export type SessionsOverview = {
  sessions: number
  tracks: Page<CountedTrack>
  /** Role id → the people who have it in some session, in id order. */
  holders: Record<string, string[]>
  /** Those people with their external ids; only read when the caller's system prints them. */
  people: Map<string, Person>
}

/** Sessions, tracks and roles of an event in numbers: a fixed number of queries. */
export async function loadSessionsOverview(scope: EventScope): Promise<SessionsOverview> {
  const holdersOf = async (role: string): Promise<[string, string[]]> => {
    const pk =
      role === speaker ? keys.members(scope, scope.speakersGroup) : keys.roleHolders(scope, role)
    const rows = await queryRows<{ sk: string }>(scope, { pk, only: ['sk'] })
    return [role, rows.map(({ sk }) => sk).filter((id) => !scope.deleting.has(id))]
  }
  const [sessions, tracks, ...held] = await Promise.all([
    sessionTotal(scope),
    listTracks(scope, { limit: limits.pageLimit.value, offset: 0 }),
    ...roles.map(({ id }) => holdersOf(id)),
  ])
  const ids = scope.system ? held.flatMap(([, people]) => people) : []
  const people = await findMany(scope, 'person', ids)
  return { sessions, tracks, holders: Object.fromEntries(held), people }
}
