import { deletingOf } from '#lib/store/deleting.ts'
import { total } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'

export type Counters = {
  people: number
  sessions: number
  groups: number
  tracks: number
  custom_fields: number
  pictures: number
}

/** How many of each the event added, exact; a fixed number of queries. */
export async function countersOf(scope: EventScope): Promise<Counters> {
  const [people, groups, tracks, pictures, sessions, ...fields] = await Promise.all([
    total(scope, sets.people(scope), deletingOf(scope, 'person')),
    total(scope, sets.groups(scope), deletingOf(scope, 'group')),
    total(scope, sets.tracks(scope)),
    total(scope, sets.pictures(scope)),
    sessionTotal(scope),
    rowCount(scope, keys.fields(scope, 'people')),
    rowCount(scope, keys.fields(scope, 'sessions')),
  ])
  return {
    people,
    sessions,
    groups,
    tracks,
    pictures,
    custom_fields: (fields[0] ?? 0) + (fields[1] ?? 0),
  }
}

/** Sessions are counted by day, since their list is in order of time. */
export async function sessionTotal(scope: EventScope): Promise<number> {
  const days = await queryRows<{ ct: number }>(scope, { pk: keys.sessionDays(scope), only: ['ct'] })
  return days.reduce((sum, { ct }) => sum + ct, 0)
}

const rowCount = async (scope: EventScope, pk: string) =>
  (await queryRows(scope, { pk, only: ['sk'] })).length
