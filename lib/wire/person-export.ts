import type { Event } from '#lib/model/event.ts'
import type { Match } from '#lib/model/networking.ts'
import type { Person } from '#lib/model/person.ts'
import type { GroupUser, Schedule, UsageLog } from '#lib/model/schedule.ts'
import type { Token } from '#lib/model/token.ts'
import { personalOf } from '#lib/store/jobs/personal-logs.ts'
import { meetingsOf } from '#lib/store/read/meetings.ts'
import { findMany } from '#lib/store/read/references.ts'
import { connectionsOf, type Relation } from '#lib/store/write/connections.ts'
import { requireLoaded } from '#lib/store/write/people.ts'
import { fieldsOf } from '#lib/store/write/profiles.ts'
import { getTicketType, loaded } from '#lib/store/write/ticket-types.ts'
import { presencesOf } from '#lib/store/write/usage-logs.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { printConnection } from './connection.ts'
import { printMeeting } from './meeting.ts'
import { printPerson } from './person.ts'
import { type Presentation, printTime } from './presentation.ts'
import { printProfile } from './profile.ts'
import { printTicket } from './ticket.ts'
import { printToken } from './token.ts'

type Asked = { scope: EventScope; view: Presentation; event: Event }

/** All that the event holds about a person (GDPR articles 15 and 20). */
export async function loadExport({ scope, view, event }: Asked, id: string | undefined) {
  const current = await requireLoaded({ scope, view }, id)
  const { person } = current
  const [fields, connections, meetings, matches, tokens, schedules, ticket] = await Promise.all([
    fieldsOf(scope, person),
    relationsOf(scope, person.id),
    meetingsOf(scope, person.id),
    rowsUnder<Match>(scope, person.id, 'N#'),
    tokensOf(scope, person.id),
    presenceOf(scope, person),
    ticketOf(scope, person),
  ])
  const held = { fields, connections, meetings, matches }
  return { event, current, ...held, tokens, schedules, ticket }
}
type Export = Awaited<ReturnType<typeof loadExport>>

/** Everything as answers print it. */
export function printExport(
  view: Presentation,
  { event, current, fields, ticket, ...held }: Export,
) {
  const { person } = current
  const seen = { contact: true, availability: true, preferences: true, rejectedBy: false }
  const shown = { reader: { organiser: true }, person, connection: undefined, view: seen }
  return {
    exported_at: printTime(view, view.at),
    person: printPerson(view, current),
    picture: person.picture ? { resource_id: person.picture.id } : null,
    profile: printProfile(view, { ...shown, fields, event }),
    ticket: ticket ? printTicket(view, ticket) : null,
    connections: held.connections.map((row) => printConnection(view, row)),
    meetings: held.meetings.map((row) => printMeeting(event)(view, row)),
    matches: held.matches.map(({ session, other, round, at, matchStarted }) => {
      const matTimeDate = printTime(view, at)
      return { session, userIdOfMatch: other, round, matTimeDate, matchStarted }
    }),
    networking: Object.entries(person.agenda)
      .filter(([, { ready }]) => ready !== undefined)
      .map(([session, { ready }]) => ({ session, ready_after_round: ready })),
    tokens: held.tokens.map((token) => printToken(view, token)),
    schedules: held.schedules,
  }
}

const rowsUnder = <T>(scope: EventScope, person: string, prefix: string): Promise<T[]> =>
  queryRows<T>(scope, { pk: keys.relations(scope, person), from: prefix, to: `${prefix}~` })

/** Connections with everybody who is there, those who hide included. */
async function relationsOf(scope: EventScope, me: string): Promise<Relation[]> {
  const connections = await connectionsOf(scope, me)
  const people = await findMany(
    scope,
    'person',
    connections.map(({ other }) => other),
  )
  return connections.flatMap((connection) => {
    const other = people.get(connection.other)
    return other ? [{ me, other, connection, deleting: scope.deleting }] : []
  })
}

/** Tokens that speak for the person, without their texts. */
async function tokensOf(scope: EventScope, person: string): Promise<Token[]> {
  const rows = await rowsUnder<{ hash: string }>(scope, person, 'K#')
  return getRows<Token>(
    scope,
    rows.map(({ hash }) => keys.token(hash)),
  )
}

async function ticketOf(scope: EventScope, person: Person) {
  const type = person.ticket && (await getTicketType(scope, person.ticket.type))
  return type && { person, ...(await loaded(scope, type)) }
}

/** Where the person's address stands among the users of access groups, and their presence there. */
async function presenceOf(scope: EventScope, { email }: Person) {
  if (!email) return []
  const pk = keys.scheduleEmails(scope, email)
  const [places, schedules] = await Promise.all([
    queryRows<{ user: number }>(scope, { pk }),
    queryRows<Schedule>(scope, { pk: keys.schedules(scope) }),
  ])
  return Promise.all(
    places.map(async ({ user }) => {
      const row = await getRow<GroupUser>(scope, keys.scheduleUser(scope, user))
      const logs = await Promise.all(schedules.map(({ id }) => logsOf(scope, id, user)))
      return {
        id: user,
        email: row?.email ?? '',
        name: row?.name ?? '',
        group_id: row?.group ?? 0,
        logs: logs.flat(),
      }
    }),
  )
}

async function logsOf(scope: EventScope, schedule: number, user: number) {
  const presences = await presencesOf(scope, schedule, user)
  const logs = await getRows<UsageLog>(
    scope,
    presences.map(({ timeIn, id }) => keys.scheduleLog(scope, schedule, timeIn, id)),
  )
  return logs.map((log) => {
    const { ip = '', location = '', agent = '' } = personalOf(log)
    const { id, timeIn, timeOut } = log
    return { schedule, id, time_in: timeIn, time_out: timeOut, ip, location, user_agent: agent }
  })
}
