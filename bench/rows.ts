import { createHash } from 'node:crypto'
import { chunks } from '#lib/base/chunks.ts'
import { idFrom, newId, newUuid } from '#lib/base/ids.ts'
import type { Event } from '#lib/model/event.ts'
import type { Group } from '#lib/model/group.ts'
import type { Person } from '#lib/model/person.ts'
import type { Picture } from '#lib/model/picture.ts'
import type { Plain } from '#lib/model/plain.ts'
import type { Session } from '#lib/model/session.ts'
import type { Track } from '#lib/model/track.ts'
import { countedWrites } from '#lib/store/counts.ts'
import { type Document, type Kind, type Saved, save } from '#lib/store/document.ts'
import { groups } from '#lib/store/documents/groups.ts'
import { people } from '#lib/store/documents/people.ts'
import { pictures } from '#lib/store/documents/pictures.ts'
import { plain } from '#lib/store/documents/plain.ts'
import { sessions } from '#lib/store/documents/sessions.ts'
import { tracks } from '#lib/store/documents/tracks.ts'
import { relationsChanged } from '#lib/store/relations-version.ts'
import { sets } from '#lib/store/sets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { put, type Write } from '#lib/table/writes.ts'

/** What the rows hang on: everything was made by the API once, and is what the others are made like. */
export type Around = {
  scope: EventScope
  event: Event
  /** Whose connections, meetings and calendar are listed. */
  me: string
  groups: [string, string]
  /** What everybody attends, and what everybody waits for. */
  session: string
  full: string
  track: string
  webhook: string
  schedule: number
  user: number
  token: Record<string, unknown> & Key
}

const at = '2027-01-01T00:00:00.000Z'
const opening = Date.parse('2027-05-04T07:00:00.000Z')
const born = { createdAt: at, updatedAt: at, vr: 1 }
const noText = { note: '', color: '#1565C0', externalIds: [] }

/** Rows of every kind that lists go by, from one number to the next: those of the API, with their counts. */
export async function fill(around: Around, from: number, to: number): Promise<void> {
  const numbers = [...Array(to - from).keys()].map((n) => from + n)
  const { scope } = around
  await Promise.all([
    documents(scope, people, numbers, (n) => personOf(around, n)),
    documents(scope, sessions, numbers, (n) => sessionOf(around, n)),
    documents(scope, groups, numbers, groupOf),
    documents(scope, tracks, numbers, (n): Track => ({ ...groupOf(n), id: newId('track') })),
    documents(scope, plain<Plain>('room'), numbers, roomOf),
    documents(scope, pictures, numbers, pictureOf),
    rows(scope, numbers, (n) => others(around, n)),
    events(around, numbers),
    tokens(around, numbers),
    feeds(around, numbers),
  ])
  await transact(scope, [put({ ...keys.changesHead(scope), seq: to, vr: 1 })])
  await transact(scope, [
    put({ ...keys.seats(scope, around.full), ct: 0, cap: 0, wn: to, ws: to, vr: `${to}` }),
  ])
  await transact(scope, [relationsChanged(scope, around.me)])
  await segments(around, to)
}

async function documents<T extends Document>(
  scope: EventScope,
  kind: Kind<T>,
  numbers: number[],
  documentOf: (n: number) => T,
) {
  for (const some of chunks(numbers, 9)) {
    const saved = some.map((n): Saved => save(scope, kind, [undefined, documentOf(n)]))
    const counts = countedWrites(saved.flatMap((one) => one.counts))
    await transact(scope, [...saved.flatMap(({ writes }) => writes), ...counts])
  }
}

async function rows(scope: EventScope, numbers: number[], rowsOf: (n: number) => Write[]) {
  for (const some of chunks(numbers, 6)) await transact(scope, some.flatMap(rowsOf))
}

/** Events in which nothing has happened so far. */
async function events({ scope, event }: Around, numbers: number[]) {
  for (const some of chunks(numbers, 20)) {
    const made = some.map((n): Event => {
      return { ...event, id: newId('event'), shortCode: `bench-${n}`, number: 1_000 + n }
    })
    const counters = { people: 0, sessions: 0, groups: 2, tracks: 0, customFields: 0, pictures: 0 }
    const counts = countedWrites(made.map(({ id }) => ({ set: sets.events(scope), id, by: 1 })))
    const listed = { counts: counters, counted: Date.now() }
    const writes = made.flatMap((one) => [
      put({ ...one, ...keys.event(scope.org, one.id) }),
      put({ ...keys.eventOf(scope, one.id), at, ...listed }),
    ])
    await transact(scope, [...writes, ...counts])
  }
}

async function feeds({ scope }: Around, numbers: number[]) {
  for (const some of chunks(numbers, 40)) {
    const made = some.map((n) => {
      return { id: newUuid(), person: personId(n), hash: `feed ${n}`, createdAt: at }
    })
    const counts = made.map(({ id }) => ({ set: sets.feeds(scope), id, by: 1 as const }))
    const writes = made.map((one) => put({ ...keys.feedOf(scope, one.id), ...one }))
    await transact(scope, [...writes, ...countedWrites(counts)])
  }
}

async function tokens({ scope, token }: Around, numbers: number[]) {
  for (const some of chunks(numbers, 20)) {
    const ids = some.map(() => newId('token'))
    const writes = ids.flatMap((id) => {
      const hash = createHash('sha256').update(id).digest('hex')
      return [put({ ...keys.tokenOf(scope, id), hash }), put({ ...token, ...keys.token(hash), id })]
    })
    const counts = ids.map((id) => ({ set: sets.tokens(scope), id, by: 1 as const }))
    await transact(scope, [...writes, ...countedWrites(counts)])
  }
}

function personOf({ session, full, groups: both }: Around, n: number): Person {
  return {
    ...born,
    id: personId(n),
    firstName: 'Guest',
    lastName: `No. ${n}`,
    email: `guest${n}@example.com`,
    company: 'Analytical Engines',
    title: 'Engineer',
    about: 'Somebody who came. '.repeat(20),
    custom: {},
    externalIds: [],
    docs: [],
    groupIds: new Set([both[n % 2] ?? both[0]]),
    agenda: { [session]: { attends: true, roles: [] } },
    waits: { [full]: n + 1 },
    social: { twitter: '', facebook: '', linkedin: '', website: '' },
  }
}

/** The same id again for the same number. */
const personId = (n: number): string => idFrom('person', `person ${n}`)

/** Two days of the event hold them all, at all minutes. */
function sessionOf({ track }: Around, n: number): Session {
  const minute = n % 1_380
  const clock = (of: number) =>
    `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`
  return {
    ...born,
    id: newId('session'),
    name: `Session ${n}`,
    description: '<p>What it is about.</p>'.repeat(20),
    date: n % 2 ? '2027-05-04' : '2027-05-05',
    start: clock(minute),
    end: clock(minute + 30),
    format: 'MEET_UP',
    location: '',
    roles: {},
    trackIds: [track],
    links: [],
    docs: [],
    custom: {},
    externalIds: [],
  }
}

const groupOf = (n: number): Group => ({
  ...born,
  ...noText,
  id: newId('group'),
  type: 'custom',
  name: `Name ${n}`,
})
const roomOf = (n: number): Plain => ({
  ...born,
  id: newId('room'),
  name: `Room ${n}`,
  externalIds: [],
})

function pictureOf(n: number): Picture {
  const id = newUuid()
  const file = { filename: `${id}.png`, uploadFilename: `${n}.png`, uploadRequest: '/' }
  return { ...born, ...file, id, key: `bench/${id}/0`, uv: 0 }
}

/** Rows that are no documents: of relations, of the door, of tokens and events, of the feed and its receivers. */
function others(around: Around, n: number): Write[] {
  const { scope, me, webhook, schedule, user } = around
  const [other, ids] = [personId(n), newId('meeting')]
  const hash = createHash('sha256').update(`token ${n}`).digest('hex')
  const start = opening + (n % 20) * 1_800_000
  const iso = (ms: number) => new Date(ms).toISOString()
  const times = { start: iso(start), end: iso(start + 1_800_000) }
  const meeting = { ...born, ...times, id: ids, sender: other, receiver: me, note: 'At the bar' }
  const scanned = { id: newId('checkin'), at: start + n, received: start + n }
  const sequence = n + 1
  const about = { sequence, type: 'person.created', object: 'person', objectId: other }
  const change = { ...about, id: hash.slice(0, 26), version: 1, changed: [], note: {} }
  const place = String(sequence).padStart(12, '0')
  const ttl = 4_000_000_000
  const began = opening + n * 1_000
  const log = { id: n + 1, user, timeIn: iso(began), timeOut: iso(began + 60_000) }
  const delivery = { id: place, changeId: change.id, sequence, type: change.type, tries: [] }
  return [
    put({ ...keys.connection(scope, me, other), ...born, other, by: other, status: 'ACCEPT' }),
    put({ ...keys.meeting(scope, me, ids), ...meeting, status: 'DECLINED', rejectedBy: me }),
    put({
      ...keys.scan(scope, 'entrance', scanned.at, scanned.id),
      ...{ ...scanned, list: 'entrance', person: other, type: 'entry', status: 'ok' },
      ...{ inside: true, nonce: hash, createdAt: at },
    }),
    put({ ...keys.change(scope, sequence), ...change, occurredAt: at, kind: 'change', ttl }),
    put({
      ...keys.delivery(scope, webhook, place),
      ...{ ...delivery, status: 'succeeded', attempts: 1, createdAt: at, ttl },
    }),
    put({ ...keys.word(scope, 'guest', other), id: other, text: `guest no ${n}` }),
    put({ ...logKey(scope, schedule, n), ...log, createdAt: at }),
  ]
}

/** Usage logs are counted by stretches of their order. */
async function segments({ scope, schedule }: Around, to: number): Promise<void> {
  const pk = keys.scheduleLogSegments(scope, schedule)
  const starts = [...Array(Math.ceil(to / 200)).keys()].map(
    (n) => logKey(scope, schedule, n * 200).sk,
  )
  const writes = starts.map((start, n) => {
    const ct = Math.min(200, to - n * 200)
    return put({ pk, sk: n === 0 ? '!' : start, up: starts[n + 1] ?? '~', ct, vr: 1 })
  })
  for (const some of chunks(writes, 90)) await transact(scope, some)
}

/** Logs come in the order of their numbers. */
const logKey = (scope: EventScope, schedule: number, n: number): Key =>
  keys.scheduleLog(scope, schedule, opening + n * 1_000, n + 1)
