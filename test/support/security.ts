import { everyRoute } from '#functions/every-route.ts'
import { kinds, newId, newUuid } from '#lib/base/ids.ts'
import { plainKinds, plainNames } from '#lib/base/plain-kinds.ts'
import { setClock } from '#lib/base/time.ts'
import type { Route } from '#lib/http/route.ts'
import { call, organisation, type Reply } from './call.ts'
import { findRoute } from './contract.ts'
import { issuerOnLoopback } from './issuer.ts'
import { lateBatch } from './late.ts'
import { photo } from './photos.ts'
import { plainFields } from './resources.ts'

// Receivers of webhooks in tests are on this machine.
process.env.WEBHOOKS_TO_LOOPBACK = '1'
process.env.OIDC_ON_LOOPBACK = '1'

export const principals = [
  'nobody',
  'badToken',
  'otherOrganisation',
  'otherEvent',
  'expired',
  'revoked',
  'erased',
  'feedAsToken',
  'feed',
  'personFeed',
  'attendee',
  'signedIn',
  'signedInElsewhere',
  'scanner',
  'event_staff',
  'event_admin',
  'super_admin',
] as const
export type Principal = (typeof principals)[number]

/** What a parameter of a path is put in by: the kind of thing it names, by where it stands. */
export type Ids = Record<string, string>
export type World = {
  tokens: Record<Principal, string | undefined>
  /** Ids of things in the event. */
  own: Ids
  /** Ids of the same things in another event of the organisation. */
  sibling: Ids
}

/** Two furnished events of one organisation, and a token for everybody who may or may not enter the first. */
export async function world(): Promise<World> {
  const { token } = await organisation()
  const other = await organisation()
  const [own, sibling] = await Promise.all([furnished(token, 'Rhine'), furnished(token, 'Elbe')])
  // One after the other, since it is the clock of the whole process that jumps.
  for (const one of [own, sibling]) one.batch_id = await lateBatchIn(one, token)
  const { event, person } = own
  const make = (body: object) => made('/tokens', body, token)
  const feed = await made(`/events/${event}/sessions/feeds`, {}, token)
  const personFeed = await made(`/events/${event}/sessions/feeds`, { person }, token)
  const tokens = {
    expired: await expired(token, event),
    revoked: await revoked(token, event),
    erased: await erased(token, event),
    feedAsToken: feed.token,
    feed: feed.token,
    personFeed: personFeed.token,
    nobody: undefined,
    badToken: `plk_${'a'.repeat(26)}_${'b'.repeat(32)}`,
    otherOrganisation: other.token,
    otherEvent: (await make({ role: 'event_admin', events: [sibling.event] })).token,
    signedIn: await signedIn(token, event),
    signedInElsewhere: await signedIn(token, sibling.event),
    attendee: (await make({ role: 'attendee', events: [event], person })).token,
    scanner: (await make({ role: 'scanner', events: [event] })).token,
    event_staff: (await make({ role: 'event_staff', events: [event] })).token,
    event_admin: (await make({ role: 'event_admin', events: [event] })).token,
    super_admin: token,
  }
  return { tokens, own, sibling }
}

/** Headers and query by which a principal says who they are: feeds come in the address, where no header can be sent. */
export function credentialOf({ tokens }: Pick<World, 'tokens'>, principal: Principal) {
  const text = tokens[principal]
  if (text === undefined) return {}
  return /^(feed|personFeed)$/.test(principal) ? { query: { feed: text } } : { token: text }
}

/** The token of an issuer of its own for Ada, who is in every event. */
async function signedIn(token: string, event: string | undefined): Promise<string> {
  const { issuer, sign } = await issuerOnLoopback()
  await made(`/events/${event}`, { sign_in: { issuer, audience: 'app' } }, token, 'PATCH')
  const day = 24 * 60 * 60
  return sign(ada.profile.email_address, { exp: Math.floor(Date.now() / 1_000) + day })
}

/** Tokens that were good once: an hour ago, until they were taken back, until their person was erased. */
async function expired(token: string, event: string | undefined): Promise<string> {
  const hour = 3_600_000
  const back = setClock(() => Date.now() - 2 * hour)
  const expires_at = new Date(Date.now() - hour).toISOString()
  try {
    return (await made('/tokens', { role: 'event_admin', events: [event], expires_at }, token))
      .token
  } finally {
    back()
  }
}

async function revoked(token: string, event: string | undefined): Promise<string> {
  const one = await made('/tokens', { role: 'event_admin', events: [event] }, token)
  await call('DELETE', `/tokens/${one.token_id}`, { token })
  return one.token
}

async function erased(token: string, event: string | undefined): Promise<string> {
  const at = `/events/${event}/people/resources`
  const { person_id: person } = await made(at, { profile: { first_name: 'Gone' } }, token)
  const one = await made('/tokens', { role: 'attendee', events: [event], person }, token)
  await call('DELETE', `${at}/${person}?erase=true`, { token })
  return one.token
}

/** Who may do most at a route: those of one person are for people, not for administrators. */
export const best = ({ right }: Route): Principal =>
  right === 'person' ? 'attendee' : 'super_admin'

/** The path of a route with ids in place of its parameters; `changed` takes precedence. */
export const filled = (route: Route, ids: Ids, changed: Ids = {}): string =>
  route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = changed[name] ?? ids[placeOf(route, name)] ?? randomLike(placeOf(route, name))
    return encodeURIComponent(id)
  })

/** Which of the ids stands for a parameter: the same word can mean several things in different paths. */
export function placeOf({ path }: Route, name: string): string {
  if (name === 'field') return path.includes('/people/') ? 'peopleField' : 'sessionField'
  if (name === 'session' && path.includes('/networking/')) return 'networkingSession'
  if (name === 'userIdOfMatch') return 'otherPerson'
  if (name === 'person' && /\/(connection|slots|meetings)/.test(path)) return 'otherPerson'
  return name
}

/** An id of the right shape that nothing has. */
export function randomLike(place: string): string {
  const kind = { peopleField: 'field', sessionField: 'field', networkingSession: 'session' }[place]
  const word = (kind ?? place).replace(/_id$/, '').replace('otherPerson', 'person')
  if (Object.hasOwn(kinds, word)) return newId(word as keyof typeof kinds)
  if (word === 'picture' || word === 'resource') return newUuid()
  if (/guid|key/.test(word)) return 'f'.repeat(32)
  return '9999999'
}

/** An answer without what differs from request to request. */
export const bare = ({ status, headers, text }: Reply) => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'x-request-id')),
  text: text.replace(/"request_id":"[^"]*"/, ''),
})

/** One of everything, as far as its route is there. */
export async function furnished(token: string, name: string): Promise<Ids> {
  const event = (await made('/events', { name, event_dates: dates, published: true }, token)).id
  const at = `/events/${event}`
  const add = (path: string, body: object) => made(`${at}${path}`, body, token)
  const { person_id: person } = await add('/people/resources', ada)
  const { person_id: otherPerson } = await add('/people/resources', {
    profile: { first_name: 'Eve' },
  })
  const { group_id: group } = await add('/people/groups', { group_name: 'Press' })
  const peopleField = await add('/people/custom_fields', { field_name: 'Size' })
  const sessionField = await add('/sessions/custom_fields', { field_name: 'Level' })
  const { session_id: session } = await add('/sessions/resources', session_)
  const networking = { ...session_, session_format: 'MEET_UP' }
  const { session_id: networkingSession } = await add('/sessions/resources', networking)
  const { track_id: track } = await add('/sessions/tracks', { track_name: 'Main' })
  const { ticket_type_id } = await add('/ticket_types', { name: 'Day', session_access: 'all' })
  await made(`${at}/people/resources/${person}/ticket`, { ticket_type_id }, token, 'PUT')
  const plain = plainNames.map(async (kind) => {
    const made = await add(`/${plainKinds[kind].plural}`, plainFields(kind, 'First'))
    return [kind, made[`${kind}_id`]]
  })
  const schedule = await add('/event_schedules', schedule_)
  const { access_key } = await add('/groups', { name: 'Press', is_video: true })
  const { token_id } = await made('/tokens', { role: 'event_staff', events: [event] }, token)
  const feed = await add('/sessions/feeds', {})
  const webhook = await add('/webhooks', { url: 'http://127.0.0.1:9/' })
  const attendee = await made('/tokens', { role: 'attendee', events: [event], person }, token)
  const meeting = await made(`${at}/people/${otherPerson}/meetings`, meeting_, attendee.token)
  return known({
    ...Object.fromEntries(await Promise.all(plain)),
    event,
    person,
    otherPerson,
    group,
    peopleField: peopleField.custom_field_id,
    sessionField: sessionField.custom_field_id,
    session,
    networkingSession,
    track,
    ticket_type_id,
    token_id,
    access_key,
    meeting: meeting.id,
    id: schedule.id,
    guid: schedule.guid,
    feed_id: feed.feed_id,
    webhook_id: webhook.webhook_id,
    export_id: (await add('/exports', { kind: 'changes' })).export_id,
    delivery: (await add(`/webhooks/${webhook.webhook_id}/ping`, {})).delivery_id,
    resource_id: await picture(at, token),
  })
}

/** A batch of an event that goes on behind its answer. */
async function lateBatchIn({ event }: Ids, token: string): Promise<string> {
  const path = `/events/${event}/people/resources/batch`
  return (await lateBatch(0, () => made(path, { rows: [ada] }, token))).batch_id
}

const known = (ids: Record<string, unknown>): Ids =>
  Object.fromEntries(
    Object.entries(ids)
      .filter(([, id]) => id !== undefined)
      .map(([name, id]) => [name, String(id)]),
  )

const dates = { start_date: '2027-05-04', end_date: '2027-05-05', time_zone_tz: 'Europe/Berlin' }
const ada = { profile: { first_name: 'Ada', email_address: 'ada@example.com' } }
const session_ = {
  session_name: 'Opening',
  session_date: '2027-05-04',
  session_start_time: '09-00',
  session_end_time: '10-00',
}
const meeting_ = {
  meetingStartTime: '2027-05-04T11:00:00+02:00',
  meetingEndTime: '2027-05-04T11:30:00+02:00',
}
const schedule_ = { starts_at: '2027-05-04T09:00:00+02:00', ends_at: '2027-05-04T17:00:00+02:00' }

/** An empty answer while the route is not there yet. */
async function made(path: string, body: object, token: string, method = 'POST') {
  if (!findRoute(everyRoute, method, path)) return {}
  const reply = await call(method, path, { token, body })
  if (reply.status >= 300) throw new Error(`${path}: ${reply.text}`)
  return reply.body
}

async function picture(at: string, token: string): Promise<string | undefined> {
  if (!findRoute(everyRoute, 'POST', `${at}/resources/pictures`)) return undefined
  const body = await photo({ width: 16, height: 16 })
  const headers = { 'content-type': 'image/jpeg' }
  const reply = await call('POST', `${at}/resources/pictures`, { token, body, headers })
  return reply.body.resource_id
}
