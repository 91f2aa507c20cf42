import { expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import { crashAfter, crashOnceWritten, restart, rightBefore } from '#test/support/crashes.ts'
import {
  type EventClient,
  freshEvent,
  inTurns,
  makePerson,
  runAllJobs,
} from '#test/support/factories.ts'
import { seatsOf } from '#test/support/seats.ts'
import { attendeesOf, makeSession } from '#test/support/sessions.ts'

setLogSink(() => undefined)

/** More than two transactions take seats in: one decides, before it two hold what it cannot give. */
const many = 90

async function cappedSessions(
  at: EventClient,
  count: number,
  fields: Record<string, unknown> = { capacity: 5 },
) {
  const made = await inTurns([...Array(count).keys()], () => makeSession(at, fields))
  return made.map(({ session_id }): string => session_id)
}

const agenda = (sessions: string[]) => ({
  person: { assign_agenda: { sessions: sessions.map((id) => ({ session_id: id })) } },
})

async function newcomer(at: EventClient) {
  const { person_id: id } = await makePerson(at)
  const path = `/people/resources/${id}`
  return {
    id,
    attend: (sessions: string[], key?: string) =>
      at.ask('PATCH', path, agenda(sessions), key ? { 'idempotency-key': key } : {}),
  }
}

test('gives every seat back when one of many is not to be had, and tells the same to a key', async () => {
  const at = await freshEvent()
  const sessions = await cappedSessions(at, many)
  const [full = ''] = await cappedSessions(at, 1, { capacity: 1 })
  const [first, person] = [await newcomer(at), await newcomer(at)]
  await first.attend([full])
  for (let again = 0; again < 2; again += 1) {
    const refused = await person.attend([...sessions, full], 'one-key')
    expect(refused.error).toBe('session_full')
    expect(await seatsOf(sessions, 5)).toEqual({ taken: 0, held: 0 })
  }
  await at.ask('DELETE', `${attendeesOf(full)}/${first.id}`)
  expect((await person.attend([...sessions, full], 'one-key')).status).toBe(200)
  expect(await seatsOf(sessions, 5)).toEqual({ taken: many, held: 0 })
})

test('holds no seat for a request that was killed before it decided', async () => {
  const at = await freshEvent()
  const sessions = await cappedSessions(at, many)
  for (const writes of [1, 2, 3, 4, 5]) {
    const person = await newcomer(at)
    crashAfter(writes)
    await person.attend(sessions)
    restart()
    await runAllJobs()
    const { taken, held } = await seatsOf(sessions, 5)
    expect([0, many]).toContain(taken)
    expect(held).toBe(0)
    await at.ask('DELETE', `/people/resources/${person.id}`)
    await runAllJobs()
  }
})

test('decides on no seats that somebody gave back meanwhile', async () => {
  const at = await freshEvent()
  const sessions = await cappedSessions(at, many)
  const person = await newcomer(at)
  // The job is carried out by others between the first seats and the next, and again before the decision.
  rightBefore('#SA#', async () =>
    rightBefore('#SA#', async () => {
      await runAllJobs()
      rightBefore('"agenda"', runAllJobs)
    }),
  )
  expect((await person.attend(sessions)).status).toBe(200)
  await runAllJobs()
  expect(await seatsOf(sessions, 5)).toEqual({ taken: many, held: 0 })
})

test('gives a seat that was decided before the seats were limited', async () => {
  const at = await freshEvent()
  const sessions = await cappedSessions(at, 60, {})
  const [first, person] = [await newcomer(at), await newcomer(at)]
  await first.attend(sessions)
  crashAfter(1)
  await person.attend(sessions)
  restart()
  await inTurns(sessions, (id) =>
    at.ask('PATCH', `/sessions/resources/${id}`, { session: { capacity: 1 } }),
  )
  await runAllJobs()
  expect(await seatsOf(sessions, 1)).toEqual({ taken: 120, held: 0 })
})

test('counts seats right when limits go and come back while some are held', async () => {
  const at = await freshEvent()
  const sessions = await cappedSessions(at, 60)
  const person = await newcomer(at)
  crashOnceWritten('"H#')
  await person.attend(sessions)
  restart()
  const { held } = await seatsOf(sessions, 5)
  expect(held).toBeGreaterThan(0)
  for (const capacity of [null, 3]) {
    await inTurns(sessions, (id) =>
      at.ask('PATCH', `/sessions/resources/${id}`, { session: { capacity } }),
    )
  }
  await runAllJobs()
  const after = await seatsOf(sessions, 3)
  // Whoever was decided on has all of them, everybody else none.
  expect([after.taken % 60, after.held]).toEqual([0, 0])
})
