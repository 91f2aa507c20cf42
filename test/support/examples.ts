import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { everyRoute } from '#functions/every-route.ts'
import { seedDemo } from '#infra/local/demo.ts'
import { kinds, withSeededIds } from '#lib/base/ids.ts'
import { ofPlain, plainKinds, plainNames } from '#lib/base/plain-kinds.ts'
import { setClock } from '#lib/base/time.ts'
import { setWebhookNetwork } from '#lib/http/delivery/send.ts'
import type { Route } from '#lib/http/route.ts'
import { call, organisation, type Reply } from './call.ts'
import { trimmed } from './example-trim.ts'
import { runExports } from './exports.ts'
import { runAllJobs } from './factories.ts'
import { followChanges } from './feed.ts'
import { lateBatch } from './late.ts'
import { photo } from './photos.ts'
import { plainFields } from './resources.ts'
import { best, filled, type Ids } from './security.ts'
import { served } from './served.ts'
import { deliver, receiver } from './webhooks.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are read freely; the contract check of `call` types them
type Fields = Record<string, any>
export type Examples = { answers: Record<string, unknown>; missing: Record<string, string> }

type Demo = {
  ids: Ids
  token: string
  /** Tokens of the first guests, and the ids of more of them. */
  attendees: string[]
  people: string[]
  ask: (method: string, path: string, body?: unknown, as?: string) => Promise<Fields>
}
type Wanted = {
  as?: string | undefined
  ids?: Ids
  body?: unknown
  query?: Record<string, string>
  headers?: Record<string, string>
}

/** A day on which the demo congress is still ahead. */
const today = Date.UTC(2027, 1, 1, 9)

/**
 * What every route answers when it is asked once about the demo event: first what reads, then what writes, at last what
 * deletes. Ids are drawn from a fixed seed and the clock goes on by being looked at, so that little differs from run to run.
 */
export async function examples(): Promise<Examples> {
  const { url, stop } = await served()
  const there = await receiver()
  const port = Number(new URL(there.url).port)
  // As if the receiver were out there.
  const receiving = setWebhookNetwork({
    lookup: async () => ['93.184.216.34'],
    connect: () => connect(port, '127.0.0.1'),
  })
  let looks = 0
  // Rates are limited by the clock, so it goes on, but by itself.
  const back = setClock(() => today + looks++ * 50)
  try {
    await followChanges()
    const { token } = await withSeededIds('organisation', organisation)
    await seedDemo({ url, token })
    return await withSeededIds('examples', async () => {
      const demo = await furnished(token)
      const found: Examples = { answers: {}, missing: {} }
      for (const route of inOrder()) {
        const reply = await askOnce(route, demo)
        if (reply.status < 300) found.answers[route.id] = trimmed(route, reply)
        else found.missing[route.id] = `${reply.status} ${reply.text.slice(0, 300)}`
      }
      return found
    })
  } finally {
    back()
    receiving()
    await Promise.all([stop(), there.stop()])
  }
}

/** Of what deletes, the event comes last. */
const inOrder = (): Route[] =>
  everyRoute.toSorted((a, b) => turn(a) - turn(b) || (a.id < b.id ? -1 : 1))
const turn = ({ id, method }: Route): number =>
  id === 'deleteEvent'
    ? 9
    : last.includes(id)
      ? 8
      : ['get', 'post', 'put', 'patch', 'delete'].indexOf(method)
const last = ['deleteTrack', 'deleteSession', 'deleteGroup', 'deletePerson', 'deleteToken']

async function askOnce(route: Route, demo: Demo): Promise<Reply> {
  const wanted = { ...(await wishes(demo)[route.id]?.()) }
  const as = wanted.as ?? (best(route) === 'attendee' ? demo.attendees[2] : demo.token)
  const example = route.example === undefined ? undefined : named(route.example, demo)
  const body = wanted.body ?? example
  return call(route.method.toUpperCase(), filled(route, demo.ids, wanted.ids), {
    ...(route.right !== 'public' && { token: as }),
    ...(body !== undefined && { body }),
    ...(wanted.query && { query: wanted.query }),
    ...(wanted.headers && { headers: wanted.headers }),
  })
}

/** A body with what is in the demo event where an example only says of which kind it is: `ses_…`. */
function named(example: unknown, { ids }: Demo): unknown {
  const known: Record<string, string | undefined> = {
    ...Object.fromEntries(Object.entries(kinds).map(([kind, prefix]) => [prefix, ids[kind]])),
    tkt: ids.ticket_type_id,
    ses: ids.session,
  }
  const text = JSON.stringify(example)
    .replaceAll(/"([a-z]{3})_…"/g, (all, prefix: string) => JSON.stringify(known[prefix]) ?? all)
    .replaceAll('rhine-2027', 'demo')
  return JSON.parse(text)
}

/** What a route needs beyond its path and its example. */
const wishes = (demo: Demo): Record<string, () => Wanted | Promise<Wanted>> => {
  const { ids, people, attendees, ask } = demo
  const [, joiner, me, other] = attendees
  const fresh = (place: string, path: string, id: string, body: object) => async () => ({
    ids: { [place]: String((await ask('POST', path, body))[id]) },
  })
  const jpeg = async () => ({
    body: await photo({ width: 240, height: 240 }),
    headers: { 'content-type': 'image/jpeg' },
  })
  const unused = async () => {
    const { body } = await call('POST', '/events/demo/resources/pictures', {
      token: demo.token,
      ...(await jpeg()),
    })
    return { ids: { resource_id: String(body.resource_id) } }
  }
  const waiting = async () => {
    const names = ['Joan', 'Mary']
    const made = await Promise.all(
      names.map((name) => ask('POST', '/people/resources', person2(name))),
    )
    const { session_id } = await ask('POST', '/sessions/resources', {
      session: {
        session_name: 'Guided tour',
        session_date: '2027-05-04',
        session_start_time: '12-00',
        session_end_time: '12-30',
        capacity: 1,
        waitlist: true,
      },
    })
    for (const { person_id } of made) {
      await ask('POST', `/sessions/resources/${session_id}/attendees/${person_id}?waitlist=true`)
    }
    return { ids: { session: String(session_id), person: String(made[1]?.person_id) } }
  }
  /** Another session in the room and with the speakers of one that is there, at its time. */
  const double = async () => {
    const { session_list: all } = await ask('GET', '/sessions/resources?limit=20')
    const with_ = all.find(({ room_id }: Fields) => room_id !== null)
    const { session_date, session_start_time, session_end_time, speakers, room_id } = with_
    const times = { session_date, session_start_time, session_end_time }
    return { session: { session_name: 'Panel', ...times, speakers, room_id } }
  }
  /** A session in the night, when nobody has anything. */
  const alone = () => ({
    session: {
      session_name: 'Night walk',
      session_date: '2027-05-04',
      session_start_time: '22-00',
      session_end_time: '23-00',
    },
  })
  const person = {
    profile: {
      first_name: 'Ada',
      last_name: 'Byron',
      email_address: 'ada.byron@example.com',
      company: 'Analytical Engines',
      title: 'Mathematician',
    },
  }
  const track = { track: { track_name: 'Calculation', track_color: '#00695C' } }
  const group = { group: { group_name: 'Calculators', group_color: '#AD1457' } }
  const log = {
    event_group_user_id: Number(ids.groupUser),
    time_in: '2027-01-31T09:00:00.000Z',
    time_out: '2027-01-31T10:00:00.000Z',
  }
  return {
    createEvent: () => ({ body: { event: { name: 'Elbe Conference', short_code: 'elbe-2027' } } }),
    replaceEvent: () => ({
      body: { event: { name: 'Plenary Demo Congress', short_code: 'demo' } },
    }),
    createPerson: () => ({ body: { person } }),
    replacePerson: () => ({
      body: { person: { profile: { ...person.profile, email_address: '' } } },
    }),
    createTrack: () => ({ body: track }),
    replaceTrack: () => ({ body: { track: { ...track.track, track_name: 'Numbers' } } }),
    changeTrack: () => ({ body: { track: { track_color: '#00695C' } } }),
    createGroup: () => ({ body: group }),
    replaceGroup: () => ({ body: { group: { ...group.group, group_name: 'Mathematicians' } } }),
    changeGroup: () => ({ body: { group: { group_color: '#AD1457' } } }),
    uploadPicture: jpeg,
    replacePicture: jpeg,
    uploadEventPicture: jpeg,
    replaceEventPicture: jpeg,
    deletePicture: unused,
    deleteEventPicture: unused,
    listConflicts: async () => {
      await ask('POST', '/sessions/resources', await double())
      return { query: { limit: '2' } }
    },
    joinMySession: async () => {
      const at = await ask('POST', '/sessions/resources', alone())
      return { body: { session: { session_id: at.session_id } } }
    },
    leaveMySession: async () => {
      const at = await ask('POST', '/sessions/resources', alone())
      const session = String(at.session_id)
      await ask('POST', '/people/me/sessions', { session: { session_id: session } }, me)
      return { ids: { session } }
    },
    readGuide: () => ({ ids: { guide: 'retries' } }),
    readErrorPage: () => ({ ids: { code: '4220001' } }),
    createCheckin: () => ({ body: { checkin: { person: people[9], nonce: 'desk-000001' } } }),
    batchCheckins: () => ({
      body: { rows: [{ person: people[8], type: 'exit', nonce: 'desk-000002' }] },
    }),
    checkConflicts: async () => ({ body: await double() }),
    addUsageLog: () => ({ body: log }),
    addUsageLogs: () => ({ body: { logs: [{ ...log, time_in: '2027-01-31T09:30:00.000Z' }] } }),
    findAccessUser: () => ({ query: { email: 'guest0@congress.example' } }),
    requestConnection: () => ({ ids: { person: String(people[12]) } }),
    answerConnection: () => ({ as: joiner, ids: { person: String(people[0]) } }),
    joinNetworkingSession: async () => {
      await ask(
        'DELETE',
        `/networking/sessions/${ids.networkingSession}/registration`,
        undefined,
        other,
      )
      return { as: other }
    },
    leaveNetworkingSession: () => ({ as: other }),
    markMatch: async () => {
      const [match] = (await ask(
        'GET',
        `/networking/sessions/${ids.networkingSession}/matches`,
        undefined,
        me,
      )) as unknown as Fields[]
      return { ids: { userIdOfMatch: String(match?.userIdOfMatch) } }
    },
    addPersonSessions: fresh('person', '/people/resources', 'person_id', person2('Grace')),
    addAttendee: fresh('person', '/people/resources', 'person_id', person2('Mary')),
    addPersonToGroup: fresh('person', '/people/resources', 'person_id', person2('Joan')),
    listWaitlist: waiting,
    getWaitlistPlace: waiting,
    leaveWaitlist: waiting,
    removePersonSession: async () => {
      const { agenda } = await ask('GET', `/people/resources/${ids.person}`)
      const one = agenda.sessions.find((row: Fields) => row.session_roles.length === 0)
      return { ids: { session: String(one?.session_id ?? ids.session) } }
    },
    removePersonFromGroup: async () => {
      const [member] = rowsOf(await ask('GET', `/people/groups/${ids.group}/members`))
      return { ids: { person: String(member?.person_id ?? member?.member_id) } }
    },
    replaceTicketType: () => ({ body: { name: 'Both days', session_access: 'all' } }),
    changeTicketType: () => ({ body: { name: 'Both days and the evening' } }),
    removeAttendee: async () => {
      const [one] = rowsOf(await ask('GET', `/sessions/resources/${ids.session}/attendees`))
      return { ids: { person: String(one?.person_id) } }
    },
    ...ofPlain<string, () => Wanted>(
      (kind) => `replace${capital(kind)}`,
      (kind) => () => ({ body: { [kind]: plainFields(kind, 'Large hall') } }),
    ),
    ...ofPlain<string, () => Wanted>(
      (kind) => `change${capital(kind)}`,
      (kind) => () => ({ body: { [kind]: { [`${kind}_name`]: 'Largest hall' } } }),
    ),
    deleteTicketType: fresh('ticket_type_id', '/ticket_types', 'ticket_type_id', {
      name: 'Evening',
    }),
    getConsoleFile: () => ({ ids: { file: 'console.css' } }),
    getReferenceFile: () => ({ ids: { file: 'page.css' } }),
    getReferenceChunk: () => ({ ids: { file: helper } }),
  }
}

/** The shortest part of the page's script; its name changes with its text. */
const helper =
  readdirSync('node_modules/@scalar/api-reference/dist/browser/chunks').find((name) =>
    /^_plugin.*\.js$/.test(name),
  ) ?? ''

const person2 = (first_name: string) => ({
  person: { profile: { first_name, last_name: 'Hopper' } },
})

/** Ids of the demo event, by the place that they take in paths; and who asks. */
async function furnished(token: string): Promise<Demo> {
  const ask: Demo['ask'] = async (method, path, body, as = token) => {
    const at = path.startsWith('/tokens') ? path : `/events/demo${path}`
    const reply = await call(method, at, { token: as, ...(body !== undefined && { body }) })
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.text}`)
    return reply.body
  }
  const first = async (path: string, id: string) => {
    const { body } = await call('GET', `/events/demo${path}`, { token, query: { limit: 5 } })
    const rows: Fields[] = Array.isArray(body)
      ? body
      : (Object.values(body).find(Array.isArray) ?? [])
    return String(rows[0]?.[id])
  }
  const event: string = (await ask('GET', '')).id
  const guests = [...Array(20).keys()].map((n) => `guest${n}@congress.example`)
  const found = await ask('GET', `/people/resources?emails=${guests.join(',')}&limit=20`)
  const people: string[] = guests.map(
    (email) =>
      found.people_list.find((one: Fields) => one.profile.email_address === email).person_id,
  )
  const attendees: string[] = []
  for (const person of people.slice(0, 4)) {
    attendees.push(
      (await ask('POST', '/tokens', { role: 'attendee', events: [event], person })).token,
    )
  }
  const meetUps = await ask('GET', '/networking/sessions', undefined, attendees[2])
  const schedule = (await ask('GET', '/event_schedules'))[0]
  const plain = plainNames.map(async (kind) => {
    await ask('POST', `/${plainKinds[kind].plural}`, plainFields(kind, 'Small hall'))
    return [kind, await first(`/${plainKinds[kind].plural}`, `${kind}_id`)]
  })
  const url = 'http://hooks.example.com/plenary'
  const webhook = await ask('POST', '/webhooks', { url, types: ['room.created'] })
  await ask('POST', '/rooms', { room: { room_name: 'Cloakroom' } })
  await deliver()
  const [delivery] = rowsOf(await ask('GET', `/webhooks/${webhook.webhook_id}/deliveries`))
  const wanted = await ask('POST', '/exports', { kind: 'people', format: 'csv' })
  await runExports()
  const late = await lateBatch(0, () => ask('POST', '/people/resources/batch', lateRows(people[2])))
  await runAllJobs()
  const staff = await ask('POST', '/tokens', { role: 'event_staff', events: [event], name: 'Desk' })
  const whole = await call('GET', `/event_schedules/${schedule.id}`, { token })
  const ids: Ids = {
    ...Object.fromEntries(await Promise.all(plain)),
    event,
    person: people[2],
    otherPerson: people[3],
    group: await first('/people/groups', 'group_id'),
    peopleField: await first('/people/custom_fields', 'custom_field_id'),
    sessionField: (await ask('POST', '/sessions/custom_fields', { field_name: 'Level' }))
      .custom_field_id,
    session: await first('/sessions/resources', 'session_id'),
    networkingSession: String(Object.values(meetUps[0] ?? {})[0]),
    track: await first('/sessions/tracks', 'track_id'),
    ticket_type_id: await first('/ticket_types', 'ticket_type_id'),
    token_id: staff.token_id,
    access_key: String(whole.body.event_groups?.[0]?.access_key),
    groupUser: String(whole.body.event_groups?.[0]?.event_group_users?.[0]?.id),
    webhook_id: webhook.webhook_id,
    export_id: wanted.export_id,
    batch_id: late.batch_id,
    delivery: String(delivery?.delivery_id),
    meeting: String((await ask('GET', '/people/me/meetings', undefined, attendees[2]))[0]?.id),
    id: String(schedule.id),
    guid: schedule.guid,
    feed_id: (await ask('POST', '/sessions/feeds', {})).feed_id,
    resource_id: await first('/resources/pictures', 'resource_id'),
  }
  return { ids, token, attendees, people, ask }
}

const lateRows = (person_id = '') => ({
  rows: [{ person_id }, { profile: { first_name: 'Eve', email_address: 'eve' } }],
})

/** The rows of a list, whatever its form. */
const rowsOf = (body: Fields | Fields[]): Fields[] =>
  Array.isArray(body) ? body : (Object.values(body).find(Array.isArray) ?? [])

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
