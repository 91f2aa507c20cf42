import { beforeAll, expect, test } from 'vitest'
import { markDeleting } from '#lib/store/deleting.ts'
import { forgetSeats } from '#lib/table/seat-modes.ts'
import { transact } from '#lib/table/transact.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { changesIn } from '#test/support/changes.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, runAllJobs } from '#test/support/factories.ts'
import { followChanges } from '#test/support/feed.ts'
import { attendeeIds, attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'

beforeAll(followChanges)

const lineOf = (session: string) => `/sessions/resources/${session}/waitlist`

async function fullSession(at: EventClient, capacity: number, more: number) {
  const people = await crowd(at, capacity + more)
  const { session_id: id } = await makeSession(at, { capacity, waitlist: true })
  const join = (person: string) => at.ask('POST', `${attendeesOf(id)}/${person}?waitlist=true`)
  for (const person of people.slice(0, capacity)) expect((await join(person)).status).toBe(200)
  const waiting = people.slice(capacity)
  for (const [n, person] of waiting.entries()) {
    const answer = await join(person)
    expect(answer.status, answer.text).toBe(202)
    expect(answer.body).toEqual({ session_id: id, person_id: person, position: n + 1 })
  }
  const line = async (): Promise<string[]> => {
    const { body } = await at.ask('GET', `${lineOf(id)}?limit=1000`)
    const rows = body.waitlist as { person_id: string; position: number }[]
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_, n) => n + 1))
    expect(body.record_number).toBe(rows.length)
    return rows.map(({ person_id }) => person_id)
  }
  const seated = async () =>
    attendeeIds((await at.ask('GET', `${attendeesOf(id)}?limit=1000`)).body)
  return { id, seats: people.slice(0, capacity), waiting, join, line, seated }
}

test('gives the seat of whoever leaves to whoever waits longest, and to nobody past them', async () => {
  const at = await freshEvent()
  const { id, seats, waiting, join, line, seated } = await fullSession(at, 2, 3)
  const [first = '', second = '', third = ''] = waiting
  expect(await line()).toEqual(waiting)
  const again = await join(second)
  expect([again.status, again.body.position]).toEqual([202, 2])
  const [late = ''] = await crowd(at, 1)
  expect((await at.ask('POST', `${attendeesOf(id)}/${late}`)).error).toBe('session_full')
  expect((await at.ask('DELETE', `${attendeesOf(id)}/${seats[0]}`)).status).toBe(200)
  expect(await line()).toEqual([second, third])
  expect(await seated()).toEqual([seats[1], first].toSorted())
  const agenda = await at.ask('GET', `/people/resources/${first}`)
  expect(JSON.stringify(agenda.body.agenda)).toContain(id)
  expect((await at.ask('GET', `${lineOf(id)}/${third}`)).body.position).toBe(2)
  expect((await at.ask('GET', `${lineOf(id)}/${first}`)).error).toBe('place_not_found')
})

test('pages the line by its places, with its length, also while somebody in it vanishes', async () => {
  const at = await freshEvent()
  const { id, waiting } = await fullSession(at, 1, 5)
  const page = async (query: string) => {
    const { body } = await at.ask('GET', `${lineOf(id)}?${query}`)
    const rows = body.waitlist as { person_id: string; position: number }[]
    return [body.record_number, rows.map(({ person_id, position }) => [person_id, position])]
  }
  const places = (some: string[], first: number) => some.map((person, n) => [person, first + n])
  expect(await page('limit=2')).toEqual([5, places(waiting.slice(0, 2), 1)])
  expect(await page('limit=2&offset=2')).toEqual([5, places(waiting.slice(2, 4), 3)])
  expect(await page('limit=2&offset=4')).toEqual([5, places(waiting.slice(4), 5)])
  expect(await page('limit=2&offset=9')).toEqual([5, []])
  const scope = await scopeOf(at)
  const [, second = ''] = waiting
  await transact(scope, markDeleting(scope, second))
  const left = waiting.filter((person) => person !== second)
  expect(await page('limit=2')).toEqual([4, places(left.slice(0, 2), 1)])
  expect(await page('limit=2&offset=3')).toEqual([4, places(left.slice(3), 4)])
  const { session_id: open } = await makeSession(at)
  expect((await at.ask('GET', lineOf(open))).body.record_number).toBe(0)
})

test('counts whoever leaves the line, also in a process that has never heard of the session', async () => {
  const at = await freshEvent()
  const { id, seats, waiting, line, seated } = await fullSession(at, 1, 2)
  forgetSeats()
  expect((await at.ask('DELETE', `${lineOf(id)}/${waiting[0]}`)).status).toBe(200)
  forgetSeats()
  expect((await at.ask('DELETE', `/people/resources/${waiting[1]}`)).status).toBe(200)
  expect(await line()).toEqual([])
  await runAllJobs()
  await expectConsistent(at)
  // The seat that is free is nobody's who waits.
  expect((await at.ask('DELETE', `${attendeesOf(id)}/${seats[0]}`)).status).toBe(200)
  const [late = ''] = await crowd(at, 1)
  expect((await at.ask('POST', `${attendeesOf(id)}/${late}`)).status).toBe(200)
  expect(await seated()).toEqual([late])
})

test('forgets whoever gives up or is deleted, and frees the seat of whoever is deleted', async () => {
  const at = await freshEvent()
  const { id, seats, waiting, line, seated } = await fullSession(at, 1, 4)
  const [a = '', b = '', c = '', d = ''] = waiting
  expect((await at.ask('DELETE', `${lineOf(id)}/${a}`)).status).toBe(200)
  expect((await at.ask('DELETE', `${lineOf(id)}/${a}`)).error).toBe('place_not_found')
  await at.ask('DELETE', `/people/resources/${b}`)
  expect(await line()).toEqual([c, d])
  await at.ask('DELETE', `/people/resources/${seats[0]}`)
  expect(await seated()).toEqual([c])
  expect(await line()).toEqual([d])
})

test('seats those who wait when the capacity is raised, in their order, and all when it is removed', async () => {
  const at = await freshEvent()
  const { id, waiting, line, seated } = await fullSession(at, 1, 30)
  const capacity = (value: number | null) =>
    at.ask('PATCH', `/sessions/resources/${id}`, { session: { capacity: value } })
  expect((await capacity(3)).status).toBe(200)
  expect(await line()).toEqual(waiting.slice(2))
  expect((await capacity(null)).status).toBe(200)
  expect(await line()).toEqual([])
  expect(await seated()).toHaveLength(31)
  const [late = ''] = await crowd(at, 1)
  expect((await at.ask('POST', `${attendeesOf(id)}/${late}`)).status).toBe(200)
  await runAllJobs()
})

test('ends the line with the session, and shows places in the export until then', async () => {
  const at = await freshEvent()
  const { id, waiting } = await fullSession(at, 1, 3)
  const [, second = ''] = waiting
  const own = await at.ask('GET', `/people/resources/${second}/export`)
  expect(own.body.waitlist).toEqual([{ session: id, position: 2 }])
  expect((await at.ask('DELETE', `/sessions/resources/${id}`)).status).toBe(200)
  await runAllJobs()
  expectError(await at.ask('GET', `${lineOf(id)}/${second}`), 'session_not_found')
  expect((await at.ask('GET', `/people/resources/${second}/export`)).body.waitlist).toEqual([])
  expectError(await at.ask('GET', lineOf(id)), 'session_not_found')
  expectError(await at.ask('DELETE', `${lineOf(id)}/${second}`), 'session_not_found')
})

test('asks for a person that is there, and tells of every seat once', async () => {
  const at = await freshEvent()
  const { id, seats, waiting } = await fullSession(at, 1, 2)
  expectError(await at.ask('GET', `${lineOf(id)}/per_nobody`), 'person_not_found')
  expectError(await at.ask('DELETE', `${lineOf(id)}/per_nobody`), 'person_not_found')
  await at.ask('DELETE', `${attendeesOf(id)}/${seats[0]}`)
  await at.ask('DELETE', `${lineOf(id)}/${waiting[1]}`)
  const changes = await changesIn(at, 0, '&types=attendance.*')
  const told = changes.map(({ type, note }) => [type.slice('attendance.'.length), note.person_id])
  expect(told.toSorted()).toEqual(
    [
      ['added', seats[0]],
      ['waitlisted', waiting[0]],
      ['waitlisted', waiting[1]],
      ['removed', seats[0]],
      ['promoted', waiting[0]],
      ['removed', waiting[1]],
    ].toSorted(),
  )
})

test('gives on the seat of whoever loses their ticket, and their places in lines', async () => {
  const at = await freshEvent()
  const { id, seats, waiting, line, seated } = await fullSession(at, 1, 2)
  const type = { ticket_type: { name: 'Day', session_access: 'all' } }
  const { ticket_type_id } = (await at.ask('POST', '/ticket_types', type)).body
  const open = (await makeSession(at)).session_id
  await at.ask('POST', `${attendeesOf(open)}/${seats[0]}`)
  for (const person of [seats[0], waiting[1]]) {
    const ticket = `/people/resources/${person}/ticket`
    expect((await at.ask('PUT', ticket, { ticket: { ticket_type_id } })).status).toBe(200)
    expect((await at.ask('DELETE', ticket)).status).toBe(200)
  }
  expect(await seated()).toEqual([waiting[0]])
  expect(await line()).toEqual([])
  const { body } = await at.ask('GET', `/people/resources/${seats[0]}`)
  expect(JSON.stringify(body.agenda)).not.toContain(id)
  expect(JSON.stringify(body.agenda)).toContain(open)
  expect((await at.ask('GET', `/people/resources/${seats[0]}/ticket`)).error).toBe(
    'ticket_not_found',
  )
})
