import type { Event } from '#lib/model/event.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { makeAttendee, scopeOf } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { freshEvent, makeGroup } from '#test/support/factories.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'
import type { Measure } from './all.ts'
import { processorMs } from './processor.ts'
import { type Around, fill } from './rows.ts'
import { costOf } from './store-calls.ts'

type Ask = () => Promise<{ status: number; text: string }>
type Route = { ask: Ask; units: number; processor: number }
type Cost = { units: number; calls: number; processor: number }

/** A list whose cost does not depend on how much there is but for chance. */
const level = { units: 1.5, processor: 1.5 }
/** One that reads more where there is more (docs/performance.md, Lists), by as much as it did when it was last looked at. */
const grows = (units: number, processor: number) => ({ units, processor })

const few = 1_000
const many = Number(process.env.LISTS ?? 10_000)
const runs = 9

/**
 * What a page of 20 costs where a list has 1,000 rows and where it has 10,000, of every list that may have so many: units
 * read and processor, as ratios. `LISTS=100000` for more.
 */
export async function listsBench(): Promise<Measure[]> {
  const { around, routes } = await prepare()
  await fill(around, 0, few)
  // Once for nothing: what is measured first must not pay for what runs for the first time.
  await measured(routes)
  const before = await measured(routes)
  await fill(around, few, many)
  const after = await measured(routes)
  return Object.entries(routes).flatMap(([name, { units, processor }]): Measure[] => {
    const [one, other] = [before.get(name), after.get(name)]
    if (!one || !other) return []
    const of = `${name}, ${many.toLocaleString('en')} / ${few.toLocaleString('en')} rows`
    const round = (value: number) => Math.round(value * 100) / 100
    return [
      { name: `${of}: read units`, value: round(other.units / one.units), limit: units, unit: '×' },
      {
        name: `${of}: processor`,
        value: round(other.processor / one.processor),
        limit: processor,
        unit: '×',
      },
      { name: `${name}: units of the larger`, value: other.units, limit: 2_500, unit: 'RCU' },
      { name: `${name}: store calls of the larger`, value: other.calls, limit: 150, unit: 'calls' },
    ]
  })
}

async function measured(routes: Record<string, Route>): Promise<Map<string, Cost>> {
  const costs = new Map<string, Cost>()
  for (const [name, { ask }] of Object.entries(routes)) {
    // The first two may cut what has grown, load what is loaded once, and keep what is kept.
    for (let run = 0; run < 2; run += 1) await good(name, ask)
    const { units, calls } = await costOf(ask)
    // The least: what other work on the machine adds is not the list's.
    const times: number[] = []
    for (let run = 0; run < runs; run += 1) times.push(await processorMs(ask))
    costs.set(name, { units, calls, processor: Math.min(...times) })
  }
  return costs
}

async function good(name: string, ask: Ask): Promise<void> {
  const { status, text } = await ask()
  if (status !== 200) throw new Error(`${name}: ${status} ${text.slice(0, 200)}`)
}

/** An event with one of everything that lists go by, and the lists themselves. */
async function prepare(): Promise<{ around: Around; routes: Record<string, Route> }> {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  const scope = { ...(await scopeOf(at)), deadline: Number.POSITIVE_INFINITY }
  const body = async (method: string, path: string, sent?: unknown) =>
    (await at.ask(method, path, sent)).body
  const groups = [await makeGroup(at, 'One'), await makeGroup(at, 'Two')].map(
    ({ group_id }) => group_id,
  )
  const session = (await makeSession(at)).session_id
  const full = (await makeSession(at)).session_id
  const track = (await makeTrack(at, 'Main')).track_id
  const url = 'https://crm.example.com/hooks'
  const webhook = (await body('POST', '/webhooks', { url, types: ['*'] })).webhook_id
  const starts_at = '2027-05-04T09:00:00.000+02:00'
  const schedule = (await body('POST', '/event_schedules', { starts_at })).id
  const access = (await body('POST', '/groups', { name: 'Default' })).access_key
  const invited = await body('POST', `/groups/${access}`, { email: 'someone@example.com' })
  const around: Around = {
    ...{ scope, me: me.id, groups: [groups[0], groups[1]] },
    ...{ session, full, track, webhook, schedule, user: invited.eventGroupUser.id },
    event: await only<Event>(scope, keys.event(scope.org, scope.event)),
    token: await tokenRow(scope),
  }
  const [first, second] = groups
  const ask =
    (path: string, who = at) =>
    () =>
      who.ask('GET', path)
  const inAll = (path: string) => () => call('GET', path, { token: at.token })
  const people = '/people/resources?limit=20'
  const sessions = '/sessions/resources?limit=20'
  const asMe = { ...at, ...me }
  const routes: Record<string, Route> = {
    listEvents: { ask: inAll('/events?limit=20'), ...level },
    listTokens: { ask: inAll('/tokens?limit=20'), ...level },
    listPeople: { ask: ask(people), ...level },
    'listPeople, from the middle': { ask: ask(`${people}&offset=500`), ...level },
    'listPeople of a group': { ask: ask(`${people}&groups=${first}`), ...level },
    'listPeople of two groups': { ask: ask(`${people}&groups=${first},${second}`), ...level },
    'listPeople by words': { ask: ask(`${people}&q=guest`), ...level },
    listGroups: { ask: ask('/people/groups?limit=20'), ...level },
    listGroupMembers: { ask: ask(`/people/groups/${first}/members?limit=20`), ...level },
    listSessions: { ask: ask(sessions), ...level },
    'listSessions of a day': { ask: ask(`${sessions}&date=2027-05-05`), ...level },
    'listSessions of a track': { ask: ask(`${sessions}&tracks=${track}`), ...level },
    'listSessions, of attendees': { ask: ask(sessions, asMe), ...level },
    'listSessions by words': { ask: ask(`${sessions}&q=session`), ...grows(9.5, 10) },
    listTracks: { ask: ask('/sessions/tracks?limit=20'), ...level },
    listTrackSessions: { ask: ask(`/sessions/tracks/${track}/list?limit=20`), ...level },
    listAttendees: { ask: ask(`/sessions/resources/${session}/attendees?limit=20`), ...level },
    listWaitlist: { ask: ask(`/sessions/resources/${full}/waitlist?limit=20`), ...level },
    listRooms: { ask: ask('/rooms?limit=20'), ...level },
    listPictures: { ask: ask('/resources/pictures?limit=20'), ...level },
    listConflicts: { ask: ask('/conflicts?limit=20'), ...grows(10, 10) },
    listFeeds: { ask: ask('/sessions/feeds?limit=20'), ...level },
    listMyConnections: { ask: ask('/people/me/connections?limit=20', asMe), ...level },
    listMyMeetings: { ask: ask('/people/me/meetings?limit=20', asMe), ...level },
    listSlots: { ask: ask('/people/me/slots', asMe), ...level },
    listDirectory: { ask: ask('/people/directory?limit=20', asMe), ...level },
    getMyCalendar: { ask: ask('/people/me/sessions/calendar.ics', asMe), ...grows(10, 12) },
    listNetworkingSessions: { ask: ask('/networking/sessions?limit=20'), ...level },
    listChanges: { ask: ask('/changes?limit=20'), ...level },
    listDeliveries: { ask: ask(`/webhooks/${webhook}/deliveries?limit=20`), ...grows(5, 6.5) },
    listCheckins: { ask: ask('/checkins?limit=20'), ...grows(7.5, 5) },
    getAttendance: { ask: ask('/checkins/attendance?limit=20'), ...grows(8.5, 6.5) },
    getDoorStatus: { ask: ask('/checkins/status'), ...grows(1.5, 9) },
    listUsageLogs: { ask: inAll(`/event_schedules/${schedule}/logs?limit=20`), ...level },
  }
  return { around, routes }
}

type Reading = Around['scope']

async function only<T>(scope: Reading, { pk, sk }: Key): Promise<T> {
  const [row] = await queryRows<T>(scope, { pk, from: sk, to: sk })
  if (!row) throw new Error('the row is not there')
  return row
}

/** A token of the organisation as it is kept. */
async function tokenRow(scope: Reading): Promise<Around['token']> {
  const [listed] = await queryRows<{ hash: string }>(scope, { pk: keys.tokens(scope) })
  return only(scope, keys.token(listed?.hash ?? ''))
}
