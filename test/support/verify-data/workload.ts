import { call, type Reply } from '#test/support/call.ts'
import { photo } from '#test/support/photos.ts'
import type { World } from '#test/support/security.ts'

type Body = Record<string, unknown>
type Kind = 'person' | 'group' | 'session' | 'track' | 'room' | 'picture' | 'meeting' | 'code'
type Known = Record<Kind, string[]> & { token: Map<string, string> }
type Lane = {
  n: number
  admin: string
  known: Known
  own: World['own']
  random: () => number
  pick: (kind: Kind) => string
  send: (method: string, path: string, body?: unknown, token?: string) => Promise<Reply>
}

/** Numbers that look random and repeat with the seed. */
function numbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9)
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39
    state ^= state >>> 12
    return (state >>> 0) / 2 ** 32
  }
}

/** Many clients who do whatever there is to do in one event, all at once, and mostly with the same few things. */
export async function work(world: World, seed: number, operations: number): Promise<number> {
  const { own, tokens } = world
  const admin = tokens.super_admin ?? ''
  const known = thingsOf(own, tokens.attendee)
  let left = operations
  let done = 0
  const lane = async (n: number) => {
    const random = numbers(seed * 100 + n)
    const pick = (kind: Kind) => known[kind][Math.floor(random() * known[kind].length)] ?? 'none'
    const send: Lane['send'] = async (method, path, body, token = admin) => {
      const isBytes = body instanceof Uint8Array
      const reply = await call(method, `/events/${own.event}${path}`, {
        token,
        ...(body !== undefined && { body }),
        ...(isBytes && { headers: { 'content-type': 'image/jpeg' } }),
      })
      if (reply.status === 200) done += 1
      return reply
    }
    while (left > 0) {
      left -= 1
      const one = acts[Math.floor(random() * acts.length)]
      await one?.({ n: left, admin, known, own, random, pick, send })
    }
  }
  await Promise.all([...Array(lanes).keys()].map(lane))
  return done
}

const lanes = 8

const thingsOf = (own: World['own'], attendee: string | undefined): Known => ({
  person: [own.person ?? '', own.otherPerson ?? ''],
  group: [own.group ?? ''],
  session: [own.session ?? '', own.networkingSession ?? ''],
  track: [own.track ?? ''],
  room: [own.room ?? ''],
  picture: [own.resource_id ?? ''],
  meeting: [own.meeting ?? ''],
  code: [],
  token: new Map([[own.person ?? '', attendee ?? '']]),
})

const keep = (all: string[], id: unknown) => {
  if (typeof id === 'string') all.push(id)
}
const forget = (all: string[], id: string) => {
  if (all.length > 2) all.splice(all.indexOf(id), 1)
}

/** Somebody with a token of their own. */
async function somebody({ known, own, pick, admin }: Lane) {
  const person = pick('person')
  if (!known.token.has(person)) {
    const body = { role: 'attendee', events: [own.event], person }
    const made = await call('POST', '/tokens', { token: admin, body })
    if (made.status === 200) known.token.set(person, made.body.token)
  }
  return { person, token: known.token.get(person) ?? 'none' }
}

const hour = (random: () => number) => String(9 + Math.floor(random() * 8)).padStart(2, '0')
const day = (random: () => number) => (random() < 0.5 ? '2027-05-04' : '2027-05-05')

const sessionOf = ({ n, random, pick }: Lane): Body => {
  const at = hour(random)
  return {
    session_name: `Session ${n}`,
    session_date: day(random),
    session_start_time: `${at}-00`,
    session_end_time: `${at}-30`,
    ...(random() < 0.5 && { capacity: Math.floor(random() * 4) + 1, waitlist: random() < 0.7 }),
    ...(random() < 0.4 && { speakers: [pick('person')] }),
    ...(random() < 0.4 && { session_tracks: [pick('track')] }),
    ...(random() < 0.4 && { room_id: pick('room') }),
  }
}

const personOf = ({ n, random, pick }: Lane): Body => ({
  profile: {
    first_name: `Ada ${n % 7}`,
    last_name: 'Byron',
    company: `Company ${n % 3}`,
    ...(random() < 0.5 && { email_address: `ada${n % 40}@example.com` }),
  },
  ...(random() < 0.5 && { external_ids: [{ id_system: 'crm', id: String(n % 30) }] }),
  ...(random() < 0.5 && { assign_groups: [pick('group')] }),
  ...(random() < 0.5 && {
    assign_agenda: {
      sessions: [{ session_id: pick('session'), session_roles: random() < 0.5 ? ['Speaker'] : [] }],
    },
  }),
})

const meetingAt = (random: () => number): Body => {
  const at = `${day(random)}T${hour(random)}`
  return { meetingStartTime: `${at}:30:00+02:00`, meetingEndTime: `${at}:50:00+02:00` }
}

type Act = (lane: Lane) => Promise<unknown>

const acts: Act[] = [
  async (lane) =>
    keep(
      lane.known.person,
      (await lane.send('POST', people, { person: personOf(lane) })).body.person_id,
    ),
  async (lane) => {
    const made = await lane.send('POST', people, { person: personOf(lane) })
    keep(lane.known.person, made.body.person_id)
  },
  (lane) => lane.send('PUT', `${people}/${lane.pick('person')}`, { person: personOf(lane) }),
  ({ send, pick, n }) =>
    send('PATCH', `${people}/${pick('person')}`, { person: { profile: { title: `Title ${n}` } } }),
  async ({ send, pick, known, random }) => {
    const person = pick('person')
    if (known.person.length < 4 || random() < 0.4) return
    forget(known.person, person)
    await send('DELETE', `${people}/${person}${random() < 0.5 ? '?erase=true' : ''}`)
  },
  async ({ send, known, n, pick }) => {
    const group = { group_name: `Group ${n % 9}`, group_members: [{ member_id: pick('person') }] }
    keep(known.group, (await send('POST', '/people/groups', { group })).body.group_id)
  },
  ({ send, pick }) => send('POST', `${people}/${pick('person')}/groups/${pick('group')}`),
  ({ send, pick }) => send('DELETE', `${people}/${pick('person')}/groups/${pick('group')}`),
  async ({ send, pick, known, random }) => {
    const group = pick('group')
    if (random() < 0.7) return
    forget(known.group, group)
    await send('DELETE', `/people/groups/${group}`)
  },
  async (lane) => {
    const body = { session: sessionOf(lane) }
    keep(lane.known.session, (await lane.send('POST', sessions, body)).body.session_id)
  },
  (lane) => lane.send('PUT', `${sessions}/${lane.pick('session')}`, { session: sessionOf(lane) }),
  ({ send, pick, random }) => {
    const capacity = random() < 0.3 ? null : Math.floor(random() * 30)
    return send('PATCH', `${sessions}/${pick('session')}`, { session: { capacity } })
  },
  ({ send, pick }) =>
    send('POST', `${sessions}/${pick('session')}/attendees/${pick('person')}?waitlist=true`),
  ({ send, pick }) =>
    send('POST', `${sessions}/${pick('session')}/attendees/${pick('person')}?waitlist=true`),
  ({ send, pick }) => send('DELETE', `${sessions}/${pick('session')}/attendees/${pick('person')}`),
  ({ send, pick }) => send('DELETE', `${sessions}/${pick('session')}/waitlist/${pick('person')}`),
  async ({ send, pick, known, random }) => {
    const session = pick('session')
    if (random() < 0.6) return
    forget(known.session, session)
    await send('DELETE', `${sessions}/${session}`)
  },
  async ({ send, known, n }) =>
    keep(
      known.track,
      (await send('POST', '/sessions/tracks', { track: { track_name: `Track ${n % 9}` } })).body
        .track_id,
    ),
  async ({ send, known, n }) =>
    keep(
      known.room,
      (await send('POST', '/rooms', { room: { room_name: `Room ${n % 9}` } })).body.room_id,
    ),
  async ({ send, pick, known, random }) => {
    if (random() < 0.6) return
    const kind = random() < 0.5 ? 'track' : 'room'
    const id = pick(kind)
    forget(known[kind], id)
    await send('DELETE', kind === 'track' ? `/sessions/tracks/${id}` : `/rooms/${id}`)
  },
  ({ send, pick, own, random }) =>
    random() < 0.7
      ? send('PUT', `${people}/${pick('person')}/ticket`, { ticket_type_id: own.ticket_type_id })
      : send('DELETE', `${people}/${pick('person')}/ticket`),
  async ({ send, known, random, pick }) => {
    if (random() < 0.3) {
      const bytes = await photo({ width: 16, height: 16 })
      keep(known.picture, (await send('POST', '/resources/pictures', bytes)).body.resource_id)
      return
    }
    const profile = { picture_resource_id: random() < 0.3 ? '' : pick('picture') }
    await send('PATCH', `${people}/${pick('person')}`, { person: { profile } })
  },
  async ({ send, known, pick, random }) => {
    const picture = pick('picture')
    if (random() < 0.6) return
    forget(known.picture, picture)
    await send('DELETE', `/resources/pictures/${picture}?force=true`)
  },
  async (lane) => {
    const { token } = await somebody(lane)
    await lane.send('POST', `/people/${lane.pick('person')}/connection`, undefined, token)
  },
  async (lane) => {
    const { token } = await somebody(lane)
    const status = lane.random() < 0.6 ? 'ACCEPT' : 'REJECT'
    await lane.send('PUT', `/people/${lane.pick('person')}/connection`, { status }, token)
  },
  async (lane) => {
    const { token } = await somebody(lane)
    await lane.send('DELETE', `/people/${lane.pick('person')}/connection`, undefined, token)
  },
  async (lane) => {
    const { token } = await somebody(lane)
    const path = `/people/${lane.pick('person')}/meetings`
    keep(lane.known.meeting, (await lane.send('POST', path, meetingAt(lane.random), token)).body.id)
  },
  async (lane) => {
    const { token } = await somebody(lane)
    const statuses = ['BOOKED', 'BOOKED', 'DECLINED', 'CANCEL']
    const status = statuses[Math.floor(lane.random() * 4)]
    const body = lane.random() < 0.8 ? { status } : meetingAt(lane.random)
    await lane.send('PUT', `/people/me/meetings/${lane.pick('meeting')}`, body, token)
  },
  async (lane) => {
    const { token } = await somebody(lane)
    const body = { showProfile: lane.random() < 0.5 }
    await lane.send('PATCH', '/people/me/profile', body, token)
  },
  async (lane) => {
    const { token } = await somebody(lane)
    const at = `/networking/sessions/${lane.own.networkingSession}`
    await lane.send('PUT', `${at}/registration`, {}, token)
    await lane.send('PUT', `${at}/availability`, { ready: true }, token)
    if (lane.random() < 0.3) await lane.send('POST', `${at}/rounds`)
  },
  async ({ send, known, pick }) => {
    const made = await send('POST', `${people}/${pick('person')}/badge`)
    keep(known.code, made.body.code)
  },
  ({ send, pick, random }) => {
    const type = random() < 0.6 ? 'entry' : 'exit'
    const session = random() < 0.4 ? { session: pick('session') } : {}
    const who = random() < 0.5 ? { code: pick('code') } : { person: pick('person') }
    return send('POST', '/checkins', {
      checkin: { ...who, ...session, type, force: random() < 0.3 },
    })
  },
  ({ own, admin, random }) => {
    const minute = String(Math.floor(random() * 60)).padStart(2, '0')
    const log = {
      event_group_user_id: Number(own.groupUser),
      time_in: `2026-05-04T09:${minute}:00Z`,
      time_out: `2026-05-04T10:${minute}:00Z`,
      ...(random() < 0.5 && { ip_address: '192.0.2.7' }),
    }
    return call('POST', `/event_schedules/${own.id}/logs`, { token: admin, body: log })
  },
  ({ send, n, pick }) => {
    const rows = [n, n + 1, n + 2].map((m) => ({
      external_ids: [{ id_system: 'crm', id: String(m % 30) }],
      profile: { first_name: `Row ${m}` },
      assign_groups: [pick('group')],
    }))
    return send('POST', `${people}/batch`, { rows })
  },
]

const people = '/people/resources'
const sessions = '/sessions/resources'
