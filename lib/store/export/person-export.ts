import type { Event } from '#lib/model/event.ts'
import type { Match } from '#lib/model/networking.ts'
import type { Person } from '#lib/model/person.ts'
import type { GroupUser, Schedule, UsageLog } from '#lib/model/schedule.ts'
import { personalOf } from '#lib/model/schedule-rules.ts'
import type { Token } from '#lib/model/token.ts'
import { badgeOf } from '#lib/store/door/badges.ts'
import { scansOfPerson } from '#lib/store/door/read.ts'
import { relationsOf } from '#lib/store/read/connections.ts'
import { requireLoaded } from '#lib/store/read/included-people.ts'
import { meetingsOf } from '#lib/store/read/meetings.ts'
import { fieldsFor } from '#lib/store/read/profiles.ts'
import { ticketOf } from '#lib/store/read/ticket-types.ts'
import { staysOf } from '#lib/store/read/usage-logs.ts'
import { positionOf } from '#lib/store/read/waitlist.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

export type PersonExport = Awaited<ReturnType<typeof loadExport>>

/** All that the event holds about a person (GDPR articles 15 and 20). */
export async function loadExport(scope: EventScope, event: Event, id: string | undefined) {
  const current = await requireLoaded(scope, id)
  const { person } = current
  const [fields, connections, meetings, matches, tokens, schedules, ticket, scans, badge] =
    await Promise.all([
      fieldsFor(scope, person),
      relationsOf(scope, person),
      meetingsOf(scope, person.id),
      rowsUnder<Match>(scope, person.id, 'N#'),
      tokensOf(scope, person.id),
      presenceOf(scope, person),
      ticketOf(scope, person),
      scansOfPerson(scope, person.id),
      badgeOf(scope, person.id),
    ])
  const waits = await Promise.all(
    Object.keys(person.waits ?? {}).map(async (session) => {
      return { session, position: (await positionOf(scope, person, session)) ?? 0 }
    }),
  )
  const held = { fields, connections, meetings, matches, waits, scans, badge }
  return { event, current, ...held, tokens, schedules, ticket }
}

const rowsUnder = <T>(scope: EventScope, person: string, prefix: string): Promise<T[]> =>
  queryRows<T>(scope, { pk: keys.relations(scope, person), from: prefix, to: `${prefix}~` })

/** Tokens that speak for the person, without their texts. */
async function tokensOf(scope: EventScope, person: string): Promise<Token[]> {
  const rows = await rowsUnder<{ hash: string }>(scope, person, 'K#')
  return getRows<Token>(
    scope,
    rows.map(({ hash }) => keys.token(hash)),
  )
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
  const stays = await staysOf(scope, schedule, user)
  const logs = await getRows<UsageLog>(
    scope,
    stays.map(({ timeIn, id }) => keys.scheduleLog(scope, schedule, timeIn, id)),
  )
  return logs.map((log) => {
    const { ip = '', location = '', agent = '' } = personalOf(log)
    const { id, timeIn, timeOut } = log
    return { schedule, id, time_in: timeIn, time_out: timeOut, ip, location, user_agent: agent }
  })
}
