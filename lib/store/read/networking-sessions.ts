import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { addDays, instantToLocal, now, nowMillis } from '#lib/base/time.ts'
import type { Interval } from '#lib/model/availability.ts'
import type { Person } from '#lib/model/person.ts'
import { type Session, takesPlace } from '#lib/model/session.ts'
import type { SessionPlace } from '#lib/model/session-times.ts'
import { sessionInterval } from '#lib/model/spans.ts'
import { covers, type TicketType } from '#lib/model/ticket.ts'
import { findMany } from '#lib/store/find-many.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { registrationsOf } from './registrations.ts'

/** A networking session that is not over, as the caller stands to it. */
export type Upcoming = {
  session: Session
  interval: Interval
  live: boolean
  access: boolean
  registered: boolean
  ready: boolean
}

/**
 * A page of the networking sessions that are on or to come, in order of start; organisers have no place in them. Rows of
 * the order say which these are, so only the sessions of the page are read.
 */
export async function listUpcoming(
  scope: EventScope,
  caller: Reader,
  wanted: PageWanted,
): Promise<Page<Upcoming>> {
  const found = pageOfList(await placesAhead(scope), ({ sk }) => sk, wanted)
  const ids = found.rows.map(({ id }) => id)
  const sessions = await findMany(scope, 'session', ids)
  const rows = ids.flatMap((id) => {
    const session = sessions.get(id)
    return session && isAhead(scope, session) ? [session] : []
  })
  return { ...found, rows: await standings(scope, rows, caller) }
}

type Place = SessionPlace & { sk: string }
/** Those beside today. */
type Days = { before: string; behind: string }

async function placesAhead(scope: EventScope): Promise<Place[]> {
  // A session lasts up to two weeks, and zones are less than a day apart.
  const from = addDays(instantToLocal(now(), scope.zone).date, -16)
  const places = await queryRows<Place>(scope, {
    pk: keys.sessionOrders(scope),
    from,
    only: ['sk', 'id', 'format', 'till', 'status'],
  })
  const there = places.filter(({ id }) => !scope.deleting.has(id))
  const unsaid = there.filter(({ till }) => till === undefined).map(({ id }) => id)
  const read = await findMany(scope, 'session', unsaid)
  const today = instantToLocal(now(), scope.zone).date
  const days: Days = { before: addDays(today, -1), behind: addDays(today, 1) }
  return there.filter((place) => {
    const session = read.get(place.id)
    if (session) return isAhead(scope, session)
    return place.format === 'MEET_UP' && takesPlace(place) && endsAhead(scope, place, days)
  })
}

/** Of most places the day tells; where it does not, clocks are asked. */
function endsAhead(scope: EventScope, { sk, till = '' }: Place, days: Days): boolean {
  const [endDate = '', end = ''] = till.split('T')
  if (endDate > days.behind) return true
  if (endDate < days.before) return false
  const times = { date: sk.slice(0, 10), start: sk.slice(11, 16), end, endDate }
  return sessionInterval(times, scope.zone).end > nowMillis()
}

const isAhead = (scope: EventScope, session: Session): boolean =>
  session.format === 'MEET_UP' &&
  takesPlace(session) &&
  sessionInterval(session, scope.zone).end > nowMillis()

type Reader = { me?: Person; ticket?: TicketType }

/** How the caller stands to each of the sessions: their places in all of them are read at once. */
async function standings(
  scope: EventScope,
  sessions: Session[],
  { me, ticket }: Reader,
): Promise<Upcoming[]> {
  const own = me ? sessions.filter(({ id }) => me.agenda[id] !== undefined) : []
  const places = me && own.length > 0 ? await registrationsOf(scope, me, own) : new Map()
  return sessions.map((session) => {
    const interval = sessionInterval(session, scope.zone)
    const { registered, ready } = places.get(session.id) ?? { registered: false, ready: false }
    return {
      session,
      interval,
      live: interval.start <= nowMillis(),
      access: ticket === undefined || covers(ticket, session.id),
      registered,
      ready,
    }
  })
}
