import fc from 'fast-check'
import type { Answer, Move, Of, Plan } from './move.ts'
import { changeSession, seatMove, setRole } from './session-moves.ts'
import {
  type Entry,
  entryOf,
  hasSeat,
  pick,
  roleIds,
  setEntry,
  some,
  speaker,
  type World,
} from './world.ts'

const n = fc.nat(59)
const few = fc.array(n, { maxLength: 4 })
const capacity = fc.constantFrom(null, 1, 2, 3)
const roleList = fc.constantFrom([], [], [0], [1], [0, 1])
const seat = { session: n, person: n }
const kind = <K extends string>(name: K) => fc.constant(name)

export const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: kind('person') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('track') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('deletePerson'), one: n }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('deleteSession'), one: n }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('deleteTrack'), one: n }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: kind('session'), speakers: few, tracks: few, capacity }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: kind('agenda'),
      person: n,
      entries: fc.array(fc.record({ session: n, roles: roleList }), { maxLength: 5 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: kind('speakers'), session: n, people: few }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: kind('roles'), session: n, people: few, moderators: few }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kind('capacity'), session: n, capacity }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('tracks'), session: n, tracks: few }) },
  { weight: 14, arbitrary: fc.record({ kind: kind('join'), ...seat }) },
  { weight: 10, arbitrary: fc.record({ kind: kind('leave'), ...seat }) },
  { weight: 10, arbitrary: fc.record({ kind: kind('attend'), ...seat }) },
  { weight: 8, arbitrary: fc.record({ kind: kind('quit'), ...seat }) },
)

/** The plan of a move, unless what it names is not there. */
export function planOf(world: World, one: Move): Plan | undefined {
  switch (one.kind) {
    case 'person':
      return makePerson(world)
    case 'track':
      return makeTrack(world)
    case 'session':
      return makeSession(world, one)
    case 'deletePerson':
      return deletePerson(world, pick(world.people.keys(), one.one))
    case 'deleteSession':
      return deleteSession(world, pick(world.sessions.keys(), one.one))
    case 'deleteTrack':
      return deleteTrack(world, pick(world.tracks, one.one))
    case 'agenda':
      return assign(world, one)
    case 'speakers':
    case 'roles':
    case 'capacity':
    case 'tracks':
      return changeSession(world, one)
    default:
      return seatMove(world, one)
  }
}

const nothing = (): Entry => ({ attends: false, roles: new Set() })

function makePerson({ people }: World): Plan | undefined {
  if (people.size >= 9) return undefined
  const body = { profile: { first_name: 'P' } }
  const apply = ({ person_id }: Answer) => void people.set(person_id, new Map())
  return { method: 'POST', path: '/people/resources', body, status: 200, apply }
}

function makeTrack(world: World): Plan | undefined {
  if (world.tracks.size >= 4) return undefined
  world.named += 1
  const body = { track_name: `T${world.named}` }
  const apply = ({ track_id }: Answer) => void world.tracks.add(track_id)
  return { method: 'POST', path: '/sessions/tracks', body, status: 200, apply }
}

function deletePerson(world: World, person: string | undefined): Plan | undefined {
  if (!person) return undefined
  const apply = () => {
    for (const session of world.sessions.keys()) setEntry(world, person, session, nothing())
    world.people.delete(person)
  }
  return { method: 'DELETE', path: `/people/resources/${person}`, status: 200, apply }
}

function deleteSession(world: World, session: string | undefined): Plan | undefined {
  if (!session) return undefined
  const apply = () => {
    world.sessions.delete(session)
    for (const agenda of world.people.values()) agenda.delete(session)
  }
  return { method: 'DELETE', path: `/sessions/resources/${session}`, status: 200, apply }
}

function deleteTrack(world: World, track: string | undefined): Plan | undefined {
  if (!track) return undefined
  const apply = () => {
    world.tracks.delete(track)
    for (const session of world.sessions.values()) {
      session.tracks = session.tracks.filter((id) => id !== track)
    }
  }
  return { method: 'DELETE', path: `/sessions/tracks/${track}`, status: 200, apply }
}

const slot = { session_date: '2027-05-04', session_start_time: '09-00', session_end_time: '10-00' }

function makeSession(world: World, one: Of<'session'>): Plan | undefined {
  if (world.sessions.size >= 6) return undefined
  const speakers = some(world.people.keys(), one.speakers)
  const tracks = some(world.tracks, one.tracks)
  const own = { session_name: 'S', ...slot, capacity: one.capacity }
  const body = { ...own, speakers, session_tracks: tracks }
  const apply = ({ session_id }: Answer) => {
    world.sessions.set(session_id, { capacity: one.capacity, roles: new Map(), tracks })
    setRole(world, session_id, speaker, speakers)
  }
  return { method: 'POST', path: '/sessions/resources', body, status: 200, apply }
}

function assign(world: World, { person: number, entries }: Of<'agenda'>): Plan | undefined {
  const person = pick(world.people.keys(), number)
  if (!person) return undefined
  const wanted = new Map<string, Entry>()
  const sessions = entries.flatMap(({ session: s, roles }) => {
    const session = pick(world.sessions.keys(), s)
    if (!session) return []
    const named = roles.map((role) => roleIds[role] ?? speaker)
    const before = wanted.get(session) ?? nothing()
    const attends = before.attends || named.length === 0
    wanted.set(session, { attends, roles: new Set([...before.roles, ...named]) })
    return { session_id: session, session_roles: named }
  })
  const full = [...wanted].some(([session, { attends }]) => {
    return attends && !entryOf(world, person, session).attends && !hasSeat(world, session)
  })
  const apply = () => {
    for (const session of world.sessions.keys()) {
      setEntry(world, person, session, wanted.get(session) ?? nothing())
    }
  }
  const body = { assign_agenda: { sessions } }
  const status = full ? 409 : 200
  return { method: 'PATCH', path: `/people/resources/${person}`, body, status, apply }
}
