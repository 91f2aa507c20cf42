import type { CountedEvent, Counters, Event } from '#lib/model/event.ts'
import { deletingOf } from '#lib/store/deleting.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { sets } from '#lib/store/sets.ts'
import { total } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { sessionDays } from './session-days.ts'

/** An event with the exact numbers of what it holds; a fixed number of queries. */
export const countEvent = async (scope: Scope, event: Event): Promise<CountedEvent> => ({
  event,
  counters: await countersOf(eventScope(scope, event)),
})

async function countersOf(scope: EventScope): Promise<Counters> {
  const [people, groups, tracks, pictures, sessions, ofPeople, ofSessions] = await Promise.all([
    total(scope, sets.people(scope), deletingOf(scope, 'person')),
    total(scope, sets.groups(scope), deletingOf(scope, 'group')),
    total(scope, sets.tracks(scope)),
    total(scope, sets.pictures(scope)),
    sessionTotal(scope),
    fieldRows(scope, 'people'),
    fieldRows(scope, 'sessions'),
  ])
  return { people, sessions, groups, tracks, pictures, customFields: ofPeople + ofSessions }
}

export const sessionTotal = async (scope: EventScope): Promise<number> =>
  (await sessionDays(scope)).reduce((sum, { count }) => sum + count, 0)

/** Fields are few and counted by their rows: in older events nobody may have opened their set so far. */
async function fieldRows(scope: EventScope, of: 'people' | 'sessions'): Promise<number> {
  const rows = await queryRows(scope, { pk: keys.fields(scope, of), only: ['sk'] })
  return rows.length
}
