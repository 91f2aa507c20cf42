import type { Of, Plan } from './move.ts'
import { entryOf, hasSeat, moderator, pick, setEntry, some, speaker, type World } from './world.ts'

export function changeSession(
  world: World,
  one: Of<'speakers'> | Of<'roles'> | Of<'capacity'> | Of<'tracks'>,
): Plan | undefined {
  const id = pick(world.sessions.keys(), one.session)
  const session = id === undefined ? undefined : world.sessions.get(id)
  if (!id || !session) return undefined
  const patch = (body: object, apply: () => void): Plan => {
    return { method: 'PATCH', path: `/sessions/resources/${id}`, body, status: 200, apply }
  }
  if (one.kind === 'capacity') {
    const { capacity: seats } = one
    return patch({ capacity: seats }, () => Object.assign(session, { capacity: seats }))
  }
  if (one.kind === 'tracks') {
    const tracks = some(world.tracks, one.tracks)
    return patch({ session_tracks: tracks }, () => Object.assign(session, { tracks }))
  }
  const speakers = some(world.people.keys(), one.people)
  if (one.kind === 'speakers') {
    return patch({ speakers }, () => setRole(world, id, speaker, speakers))
  }
  const moderators = some(world.people.keys(), one.moderators)
  const session_roles = [
    { session_role_id: speaker, people_list: speakers },
    { session_role_name: 'Moderator', people_list: moderators },
  ]
  return patch({ session_roles }, () => {
    setRole(world, id, speaker, speakers)
    setRole(world, id, moderator, moderators)
  })
}

export function setRole(world: World, session: string, role: string, holders: string[]) {
  for (const person of world.people.keys()) {
    const { attends, roles } = entryOf(world, person, session)
    const next = new Set(roles)
    if (holders.includes(person)) next.add(role)
    else next.delete(role)
    setEntry(world, person, session, { attends, roles: next })
  }
  world.sessions.get(session)?.roles.set(role, holders)
}

export function seatMove(
  world: World,
  one: Of<'join'> | Of<'leave'> | Of<'attend'> | Of<'quit'>,
): Plan | undefined {
  const session = pick(world.sessions.keys(), one.session)
  const person = pick(world.people.keys(), one.person)
  if (!session || !person) return undefined
  const entry = entryOf(world, person, session)
  const joins = one.kind === 'join' || one.kind === 'attend'
  const refused = joins ? entry.attends || !hasSeat(world, session) : !entry.attends
  const status = refused ? (joins ? 409 : 404) : 200
  const apply = () => setEntry(world, person, session, { ...entry, attends: joins })
  const fromSession = `/sessions/resources/${session}/attendees/${person}`
  const fromPerson = `/people/resources/${person}/sessions`
  const body = { sessions: [{ session_id: session }] }
  if (one.kind === 'join') return { method: 'POST', path: fromSession, status, apply }
  if (one.kind === 'leave') return { method: 'DELETE', path: fromSession, status, apply }
  if (one.kind === 'attend') return { method: 'POST', path: fromPerson, body, status, apply }
  return { method: 'DELETE', path: `${fromPerson}/${session}`, status, apply }
}
