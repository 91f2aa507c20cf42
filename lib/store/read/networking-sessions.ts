import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { addDays, instantToLocal, now, nowMillis } from '#lib/base/time.ts'
import type { Interval } from '#lib/model/availability.ts'
import type { Person } from '#lib/model/person.ts'
import { type Session, takesPlace } from '#lib/model/session.ts'
import { sessionInterval } from '#lib/model/spans.ts'
import { covers, type TicketType } from '#lib/model/ticket.ts'
import { findMany } from '#lib/store/find-many.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { registrationsOf } from './registrations.ts'
import { type Place, sessionOrder } from './session-order.ts'

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

/** Those beside today. */
type Days = { before: string; behind: string }

async function placesAhead(scope: EventScope): Promise<Place[]> {
  const today = instantToLocal(now(), scope.zone).date
  // A session lasts up to two weeks, and zones are less than a day apart.
  const from = addDays(today, -16)
  const there = (await sessionOrder(scope)).filter(
    (place) => place.sk >= from && mayBeMeetUp(place) && !scope.deleting.has(place.id),
  )
  const unsaid = there.filter(({ till }) => till === undefined).map(({ id }) => id)
  const read = await findMany(scope, 'session', unsaid)
  const days: Days = { before: addDays(today, -1), behind: addDays(today, 1) }
  return there.filter((place) => {
    const session = read.get(place.id)
    return session ? isAhead(scope, session) : endsAhead(scope, place, days)
  })
}

const mayBeMeetUp = (place: Place): boolean =>
  place.till === undefined || (place.format === 'MEET_UP' && takesPlace(place))

/** Of most places the day tells; where it does not, clocks are asked. */
function endsAhead(scope: EventScope, { sk, till = '' }: Place, days: Days): boolean {
  if (till > `${days.behind}~`) return true
  if (till < days.before) return false
  const [endDate = '', end = ''] = till.split('T')
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
