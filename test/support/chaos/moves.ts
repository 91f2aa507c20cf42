import type { Ask, Reply, Sent, Tally } from './client.ts'
import type { Known, Person, Shared, Thing } from './state.ts'

/** One client: what it may do, what it has done, and chance. */
export type Lane = {
  ask: Ask
  tally: Tally
  known: Known
  shared: Shared
  random: () => number
  /** A text that nobody else writes. */
  name: string
}
type Move = (lane: Lane) => Promise<unknown>

const pick = <T>(all: Iterable<T>, { random }: Lane): T | undefined => {
  const some = [...all]
  return some[Math.floor(random() * some.length)]
}
const few = (all: string[], { random }: Lane): string[] => all.filter(() => random() < 0.4)

/** Sends what nobody has a reason to refuse, unless one of the statuses is named as such. */
async function send(
  { ask, tally, shared }: Lane,
  method: string,
  path: string,
  sent: Sent & { but?: number[] } = {},
): Promise<Reply> {
  const where = path.startsWith('//') ? path.slice(1) : `/events/${shared.event}${path}`
  const reply = await ask(method, where, sent)
  if (reply.status >= 300 && !sent.but?.includes(reply.status)) {
    tally.faults.push(`${method} ${where} answered ${reply.status} ${JSON.stringify(reply.body)}`)
  }
  return reply
}

const someone = (lane: Lane, fits: (one: Person) => boolean = () => true) =>
  pick([...lane.known.people.values()].filter(fits), lane)
const own = ({ known }: Lane, kind: string): Thing[] =>
  [...known.things.values()].filter((one) => one.kind === kind)
const idsOf = (lane: Lane, kind: string) =>
  own(lane, kind).map(({ path }) => path.split('/').at(-1) ?? '')

function keep({ known }: Lane, id: string, more: Partial<Person> = {}): void {
  known.people.set(id, {
    id,
    company: '',
    groups: new Set(),
    attends: new Set(),
    speaks: new Set(),
    lined: new Set(),
    ticket: false,
    scans: 0,
    ...more,
  })
}

const links = (lane: Lane) => {
  const { groups, sessions } = lane.shared
  return {
    groups: few([...groups, ...idsOf(lane, 'group')], lane),
    attends: few([...sessions, ...idsOf(lane, 'session')], lane),
  }
}
const assigned = ({ groups, attends }: ReturnType<typeof links>) => ({
  assign_groups: groups,
  assign_agenda: { sessions: attends.map((session_id) => ({ session_id })) },
})

const createPerson: Move = async (lane) => {
  const wanted = links(lane)
  const profile = {
    first_name: lane.name,
    company: lane.name,
    email_address: `${lane.name}@x.example`,
  }
  const { body } = await send(lane, 'POST', '/people/resources', {
    body: { profile, ...assigned(wanted) },
  })
  if (!body.person_id) return
  const { groups, attends } = wanted
  keep(lane, body.person_id, {
    company: lane.name,
    groups: new Set(groups),
    attends: new Set(attends),
  })
}

const batchPeople: Move = async (lane) => {
  const rows = [0, 1, 2].map((n) => ({
    external_ids: [{ id_system: 'crm', id: `${lane.name}-${n}` }],
    profile: { first_name: lane.name },
  }))
  const { body } = await send(lane, 'POST', '/people/resources/batch', { body: { rows } })
  for (const { id } of body.rows ?? []) if (id) keep(lane, id)
}

const changePerson: Move = async (lane) => {
  const person = someone(lane)
  if (!person) return
  const body = { profile: { company: lane.name } }
  await send(lane, 'PATCH', `/people/resources/${person.id}`, { body })
  person.company = lane.name
}

const relinkPerson: Move = async (lane) => {
  const person = someone(lane, ({ lined }) => lined.size === 0)
  if (!person) return
  const wanted = links(lane)
  await send(lane, 'PATCH', `/people/resources/${person.id}`, { body: assigned(wanted) })
  person.groups = new Set(wanted.groups)
  person.attends = new Set(wanted.attends)
  person.speaks = new Set()
}

const deletePerson: Move = async (lane) => {
  const { known, random } = lane
  const person = known.people.size > 4 ? someone(lane) : undefined
  if (!person) return
  const path = `/people/resources/${person.id}`
  await send(lane, 'DELETE', path + (random() < 0.4 ? '?erase=true' : ''))
  known.people.delete(person.id)
  known.gone.push(path)
  known.pairs = known.pairs.filter(({ from, to }) => from !== person && to !== person)
}

const joinGroup: Move = async (lane) => {
  const person = someone(lane)
  const group = pick([...lane.shared.groups, ...idsOf(lane, 'group')], lane)
  if (!person || !group) return
  const isIn = person.groups.has(group)
  await send(lane, isIn ? 'DELETE' : 'POST', `/people/resources/${person.id}/groups/${group}`)
  if (isIn) person.groups.delete(group)
  else person.groups.add(group)
}

const attend: Move = async (lane) => {
  const person = someone(lane)
  const session = pick([...lane.shared.sessions, ...idsOf(lane, 'session')], lane)
  if (!person || !session || person.speaks.has(session)) return
  const isIn = person.attends.has(session)
  const path = `/sessions/resources/${session}/attendees/${person.id}`
  await send(lane, isIn ? 'DELETE' : 'POST', path)
  if (isIn) person.attends.delete(session)
  else person.attends.add(session)
}

/** A seat where there are few, or a place in the line; and back. */
const queue: Move = async (lane) => {
  const person = someone(lane)
  const session = pick(lane.shared.few, lane)
  if (!person || !session) return
  const seat = `/sessions/resources/${session}/attendees/${person.id}`
  if (!person.lined.has(session)) {
    await send(lane, 'POST', `${seat}?waitlist=true`)
    person.lined.add(session)
    return
  }
  const place = `/sessions/resources/${session}/waitlist/${person.id}`
  // Others move them up meanwhile.
  for (let tries = 0; tries < 20; tries += 1) {
    const left = await send(lane, 'DELETE', tries % 2 ? place : seat, { but: [404] })
    if (left.status === 200) return void person.lined.delete(session)
  }
  lane.tally.faults.push(`${person.id} neither has a seat in ${session} nor waits for one`)
}

const ticket: Move = async (lane) => {
  const person = someone(lane)
  if (!person) return
  const body = { ticket_type_id: lane.shared.ticketType }
  const path = `/people/resources/${person.id}/ticket`
  await (person.ticket ? send(lane, 'DELETE', path) : send(lane, 'PUT', path, { body }))
  // Seats in sessions with a line go with it (docs/behaviour/sessions.md).
  if (person.ticket) person.lined.clear()
  person.ticket = !person.ticket
}

const scan: Move = async (lane) => {
  const person = someone(lane)
  if (!person) return
  const type = lane.random() < 0.6 ? 'entry' : 'exit'
  const body = { checkin: { person: person.id, nonce: lane.name, type } }
  await send(lane, 'POST', '/checkins', { body })
  person.scans += 1
}

const badge: Move = async (lane) => {
  const person = someone(lane)
  if (person) await send(lane, 'POST', `/people/resources/${person.id}/badge`)
}

const log: Move = async (lane) => {
  const { shared, known, name, random } = lane
  const email = `${name}@viewer.example`
  const { body } = await send(lane, 'POST', `/groups/${shared.accessKey}`, { body: { email } })
  const start = Date.UTC(2020, 4, 4, 9) + Math.floor(random() * 60) * 60_000
  const at = (ms: number) => new Date(ms).toISOString()
  const times = { time_in: at(start), time_out: at(start + 60_000) }
  const one = { event_group_user_id: body.eventGroupUser?.id, ...times }
  await send(lane, 'POST', `//event_schedules/${shared.schedule}/logs`, { body: one })
  known.logs += 1
}

const connect: Move = async (lane) => {
  const [from, to] = [someone(lane), someone(lane)]
  const { known, shared } = lane
  const isKnown = known.pairs.some(
    (one) =>
      [one.from, one.to].includes(from as Person) && [one.from, one.to].includes(to as Person),
  )
  if (!from || !to || from === to || isKnown) return
  for (const person of [from, to]) {
    const body = { role: 'attendee', events: [shared.event], person: person.id }
    person.token ??= (await send(lane, 'POST', '//tokens', { body })).body.token
  }
  const [asking, asked] = [from.token ?? '', to.token ?? '']
  await send(lane, 'POST', `/people/${to.id}/connection`, { token: asking })
  const pair = { from, to, status: 'PENDING' }
  known.pairs.push(pair)
  if (lane.random() < 0.3) return
  const body = { status: lane.random() < 0.7 ? 'ACCEPT' : 'REJECT' }
  await send(lane, 'PUT', `/people/${from.id}/connection`, { token: asked, body })
  pair.status = body.status
}

/** What is made, changed and deleted by the same three moves. */
type Plain = {
  list: string
  idField: string
  /** With what it is made, and what GET shows of that. */
  make: (lane: Lane) => {
    body: object
    shows: Record<string, unknown>
    after?: (id: string) => void
  }
  change?: (name: string) => Record<string, unknown>
  /** What goes with it. */
  without?: (lane: Lane, id: string) => void
}

const named = (field: string) => (name: string) => ({ [field]: name })
const plainOf = (list: string, idField: string, field: string, more = {}): Plain => ({
  list,
  idField,
  make: ({ name }) => ({ body: { [field]: name, ...more }, shows: { [field]: name } }),
  change: named(field),
})

const plains: Record<string, Plain> = {
  track: plainOf('/sessions/tracks', 'track_id', 'track_name'),
  room: plainOf('/rooms', 'room_id', 'room_name'),
  field: plainOf('/people/custom_fields', 'custom_field_id', 'field_name'),
  webhook: {
    list: '/webhooks',
    idField: 'webhook_id',
    make: () => ({ body: { url: 'http://127.0.0.1:9/' }, shows: { url: 'http://127.0.0.1:9/' } }),
  },
  group: {
    list: '/people/groups',
    idField: 'group_id',
    make: (lane) => {
      const people = [...lane.known.people.values()].slice(-8)
      const group_members = people.map(({ id }) => ({ member_id: id }))
      return {
        body: { group_name: lane.name, group_members },
        shows: { group_name: lane.name },
        after: (id) => people.forEach((one) => void one.groups.add(id)),
      }
    },
    change: named('group_name'),
    without: ({ known }, id) => known.people.forEach(({ groups }) => void groups.delete(id)),
  },
  session: {
    list: '/sessions/resources',
    idField: 'session_id',
    make: (lane) => {
      const people = [...lane.known.people.values()].slice(0, 2)
      const speakers = people.map(({ id }) => id)
      const times = { session_start_time: '17-00', session_end_time: '18-00' }
      const body = { session_name: lane.name, session_date: '2027-05-04', ...times, speakers }
      return {
        body: { ...body, session_tracks: few(idsOf(lane, 'track'), lane) },
        shows: { session_name: lane.name },
        after: (id) => people.forEach((one) => void one.speaks.add(id)),
      }
    },
    change: named('session_name'),
    without: ({ known }, id) =>
      known.people.forEach(({ attends, speaks }) => {
        attends.delete(id)
        speaks.delete(id)
      }),
  },
}

const mostOfOne = 3

const plainMove =
  (kind: string, { list, idField, make, change, without }: Plain): Move =>
  async (lane) => {
    const { known, name, random } = lane
    const there = own(lane, kind)
    const one = pick(there, lane)
    if (!one || (there.length < mostOfOne && random() < 0.5)) {
      const { body, shows, after } = make(lane)
      const made = await send(lane, 'POST', list, { body })
      const id = made.body[idField]
      if (!id) return
      known.things.set(id, { kind, path: `${list}/${id}`, shows })
      return after?.(id)
    }
    if (change && random() < 0.6) {
      const body = change(name)
      await send(lane, 'PATCH', one.path, { body })
      return Object.assign(one.shows, body)
    }
    await send(lane, 'DELETE', one.path)
    const id = one.path.split('/').at(-1) ?? ''
    known.things.delete(id)
    known.gone.push(one.path)
    without?.(lane, id)
  }

/** What clients do, and how often. */
export const moves: [number, Move][] = [
  [6, createPerson],
  [1, batchPeople],
  [4, changePerson],
  [4, relinkPerson],
  [3, deletePerson],
  [5, joinGroup],
  [5, attend],
  [6, queue],
  [3, ticket],
  [3, scan],
  [1, badge],
  [2, log],
  [3, connect],
  ...Object.entries(plains).map(([kind, plain]): [number, Move] => [2, plainMove(kind, plain)]),
]
