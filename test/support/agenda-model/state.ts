import { expect } from 'vitest'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { sessionTotal } from '#lib/store/read/event-counts.ts'
import { storedEvent } from '#lib/store/read/stored-event.ts'
import { sets } from '#lib/store/sets.ts'
import { acceptToken } from '#lib/store/write/tokens.ts'
import type { CountedSet } from '#lib/table/buckets.ts'
import { total } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { runAllJobs } from '#test/support/factories.ts'
import type { Row } from '#test/support/scan.ts'
import { seatsIn } from '#test/support/seats.ts'
import { attendeesOf, moderator, roleIds, type World } from './world.ts'

/** Holds what answers tell to the model at once, and after sweeping every row of every relation. */
export async function checkState(world: World): Promise<void> {
  await checkAnswers(world)
  const { scope, speakersGroup, gone } = await settled(world)
  expect(gone).toEqual([])
  await checkPeople(scope, world, speakersGroup)
  await checkSessions(scope, world)
  await checkRoles(scope, world, speakersGroup)
  for (const track of world.tracks) {
    const has = [...world.sessions].filter(([, { tracks }]) => tracks.includes(track))
    await checkSet(scope, sets.trackSessions(scope, track), ids(has))
  }
}

/** The world as the documents tell it, for when nobody can say what came of moves that raced. */
export async function readWorld(world: World): Promise<void> {
  const { scope } = await settled(world)
  const people = await queryRows<Person>(scope, { pk: keys.people(scope) })
  const sessions = await queryRows<Session>(scope, { pk: keys.sessions(scope) })
  const tracks = await queryRows<Row>(scope, { pk: keys.tracks(scope) })
  world.people = new Map(
    people.map(({ id, agenda }) => {
      const entries = Object.entries(agenda).map(([session, { attends, roles }]) => {
        return [session, { attends, roles: new Set(roles) }] as const
      })
      return [id, new Map(entries)]
    }),
  )
  world.sessions = new Map(
    sessions.map(({ id, capacity = null, roles, trackIds }) => {
      return [id, { capacity, roles: new Map(Object.entries(roles)), tracks: trackIds }]
    }),
  )
  world.tracks = new Set(tracks.map(({ sk }) => sk))
}

async function settled({ at }: World) {
  await runAllJobs()
  const { organisation: org } = await acceptToken(at.token)
  const until = { org, deadline: Date.now() + 60_000 }
  const event = await storedEvent(until, org, at.id)
  if (!event) throw new Error('the event is gone')
  const gone = [...(event.gone ?? [])]
  return { scope: eventScope(until, event), speakersGroup: event.speakersGroup, gone }
}

const ids = (entries: [string, unknown][]): string[] => entries.map(([id]) => id)

async function checkAnswers({ at, sessions, tracks, people }: World): Promise<void> {
  const { body } = await at.ask('GET', '/sessions')
  expect(body.session_number).toBe(sessions.size)
  expect(body.track_number).toBe(tracks.size)
  for (const { group_id, member_number } of body.tracks) {
    const has = [...sessions.values()].filter((session) => session.tracks.includes(group_id))
    expect(member_number).toBe(has.length)
  }
  for (const { session_role_id: role, people_list } of body.sessions_roles.flat()) {
    expect(people_list).toEqual(holdersOf(people, role))
  }
}

const holdersOf = (people: World['people'], role: string): string[] =>
  ids(
    [...people].filter(([, agenda]) => [...agenda.values()].some(({ roles }) => roles.has(role))),
  ).toSorted()

async function checkPeople(scope: EventScope, world: World, speakersGroup: string) {
  const rows = await queryRows<Person>(scope, { pk: keys.people(scope) })
  expect(rows.map(({ id }) => id)).toEqual([...world.people.keys()].toSorted())
  const speakers = holdersOf(world.people, 'rol_speaker')
  for (const person of rows) {
    const wanted = [...(world.people.get(person.id) ?? [])].map(([session, entry]) => [
      session,
      { attends: entry.attends, roles: [...entry.roles].toSorted().reverse() },
    ])
    expect(person.agenda).toEqual(Object.fromEntries(wanted))
    expect([...(person.groupIds ?? [])]).toEqual(
      speakers.includes(person.id) ? [speakersGroup] : [],
    )
  }
}

async function checkSessions(scope: EventScope, world: World) {
  const rows = await queryRows<Session>(scope, { pk: keys.sessions(scope) })
  expect(rows.map(({ id }) => id)).toEqual([...world.sessions.keys()].toSorted())
  for (const { id, roles, trackIds, capacity } of rows) {
    const wanted = world.sessions.get(id)
    const held = Object.entries(roles).filter(([, people]) => people.length > 0)
    const given = [...(wanted?.roles ?? [])].filter(([, people]) => people.length > 0)
    expect(Object.fromEntries(held)).toEqual(Object.fromEntries(given))
    for (const role of roleIds) {
      const holders = ids([...world.people].filter(([, agenda]) => agenda.get(id)?.roles.has(role)))
      expect((roles[role] ?? []).toSorted()).toEqual(holders.toSorted())
    }
    expect(trackIds).toEqual(wanted?.tracks)
    expect(capacity ?? null).toBe(wanted?.capacity)
    const attendees = attendeesOf(world, id)
    await checkSet(scope, sets.attendees(scope, id), attendees)
    const parts = [keys.seats(scope, id).pk, keys.attendeeBuckets(scope, id)]
    const seats = await Promise.all(parts.map((pk) => queryRows<Row>(scope, { pk })))
    const taken = capacity === undefined ? 0 : attendees.length
    const wholly = { taken, capacity, held: 0, isWhole: true }
    expect(seatsIn(seats.flat(), id, capacity)).toEqual(wholly)
  }
  const order = await queryRows<{ id: string }>(scope, { pk: keys.sessionOrders(scope) })
  expect(order.map(({ id }) => id)).toEqual([...world.sessions.keys()].toSorted())
  expect(await sessionTotal(scope)).toBe(world.sessions.size)
}

async function checkRoles(scope: EventScope, world: World, speakersGroup: string) {
  const speakers = holdersOf(world.people, 'rol_speaker')
  await checkSet(scope, sets.members(scope, speakersGroup), speakers)
  const rows = await queryRows<Row>(scope, { pk: keys.roleHolders(scope, moderator) })
  expect(rows.map(({ sk }) => sk)).toEqual(holdersOf(world.people, moderator))
}

async function checkSet(scope: EventScope, set: CountedSet, wanted: string[]): Promise<void> {
  const [rows, count] = await Promise.all([
    queryRows<Row>(scope, { pk: set.rows }),
    total(scope, set),
  ])
  expect(rows.map(({ sk }) => sk)).toEqual(wanted.toSorted())
  expect(count).toBe(wanted.length)
}
