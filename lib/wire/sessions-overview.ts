import { limits } from '#lib/base/limits.ts'
import type { Event } from '#lib/model/event.ts'
import type { Person } from '#lib/model/person.ts'
import { roles, speaker } from '#lib/model/session.ts'
import type { CountedTrack } from '#lib/model/track.ts'
import { sessionTotal } from '#lib/store/read/event-counts.ts'
import { findMany } from '#lib/store/read/references.ts'
import { listTracks } from '#lib/store/write/tracks.ts'
import type { Page } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Presentation } from './presentation.ts'
import { learn, printId } from './presentation.ts'
import { printTrackGroup } from './track.ts'

export type Overview = {
  sessions: number
  tracks: Page<CountedTrack>
  /** Role id → the people who have it in some session, in id order. */
  holders: Record<string, string[]>
  /** Those people with their external ids; only read when the caller's system prints them. */
  people: Map<string, Person>
}

/** Sessions, tracks and roles of an event in numbers: a fixed number of queries. */
export async function loadOverview(
  scope: EventScope,
  event: Event,
  { system }: Pick<Presentation, 'system'>,
): Promise<Overview> {
  const holdersOf = async (role: string): Promise<[string, string[]]> => {
    const pk =
      role === speaker ? keys.members(scope, event.speakersGroup) : keys.roleHolders(scope, role)
    const rows = await queryRows<{ sk: string }>(scope, { pk, only: ['sk'] })
    return [role, rows.map(({ sk }) => sk).filter((id) => !scope.deleting.has(id))]
  }
  const [sessions, tracks, ...held] = await Promise.all([
    sessionTotal(scope),
    listTracks(scope, { limit: limits.pageLimit.value, offset: 0 }),
    ...roles.map(({ id }) => holdersOf(id)),
  ])
  const ids = system ? held.flatMap(([, people]) => people) : []
  const people = await findMany(scope, 'person', ids)
  return { sessions, tracks, holders: Object.fromEntries(held), people }
}

export function printOverview(view: Presentation, { sessions, tracks, holders, people }: Overview) {
  for (const person of people.values()) learn(view, person.id, person.externalIds)
  return {
    session_number: sessions,
    track_number: tracks.total,
    session_role_number: roles.length,
    tracks: tracks.rows.map((track) => printTrackGroup(view, track)),
    sessions_roles: roles.map(({ id, name }) => [
      {
        session_role_id: id,
        session_role_name: name,
        people_list: (holders[id] ?? []).map((person) => printId(view, person)),
      },
    ]),
  }
}
