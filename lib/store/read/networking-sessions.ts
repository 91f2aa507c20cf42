import { addDays, instantToLocal, now, nowMillis } from '#lib/base/time.ts'
import type { Interval } from '#lib/model/availability.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { covers, type TicketType } from '#lib/model/ticket.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sessionInterval } from './busy.ts'
import { findMany } from './references.ts'
import { registrationOf } from './registrations.ts'

/** A networking session that is not over, as the caller stands to it. */
export type Upcoming = {
  session: Session
  interval: Interval
  live: boolean
  access: boolean
  registered: boolean
  ready: boolean
}

/** Networking sessions that are on or to come, in order of start; organisers have no place in them. */
export async function upcomingSessions(
  scope: EventScope,
  caller: { me?: Person; ticket?: TicketType },
): Promise<Upcoming[]> {
  // A session may begin a day before the day on which it ends, and zones are less than a day apart.
  const from = addDays(instantToLocal(now(), scope.zone).date, -2)
  const order = await queryRows<{ sk: string }>(scope, { pk: keys.sessionOrders(scope), from })
  const ids = order.map(({ sk }) => sk.slice(sk.indexOf('#') + 1))
  const sessions = await findMany(scope, 'session', ids)
  const shown = ids.flatMap((id) => {
    const session = sessions.get(id)
    if (session?.format !== 'MEET_UP') return []
    const interval = sessionInterval(session, scope.zone)
    return interval.end > nowMillis() ? [{ session, interval }] : []
  })
  return Promise.all(shown.map((one) => standing(scope, one, caller)))
}

async function standing(
  scope: EventScope,
  { session, interval }: Pick<Upcoming, 'session' | 'interval'>,
  { me, ticket }: { me?: Person; ticket?: TicketType },
): Promise<Upcoming> {
  const live = interval.start <= nowMillis()
  const access = ticket === undefined || covers(ticket, session.id)
  const place =
    me && me.agenda[session.id] !== undefined
      ? await registrationOf(scope, me, session)
      : { registered: false, ready: false }
  const { registered, ready } = place
  return { session, interval, live, access, registered, ready }
}

export const upcomingKey = ({ session }: Upcoming): string =>
  `${session.date}T${session.start}#${session.id}`
