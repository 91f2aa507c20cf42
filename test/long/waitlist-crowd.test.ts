import { beforeAll, expect, test } from 'vitest'
import { changesIn } from '#test/support/changes.ts'
import { freshEvent, runAllJobs } from '#test/support/factories.ts'
import { drainFeed, followChanges } from '#test/support/feed.ts'
import { attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'
import { lineOf, standing } from '#test/support/waitlist.ts'

beforeAll(followChanges)

test('seats 50 of 500 who come at once and lines up the rest, then the right 55 when many go at once', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 500)
  const { session_id: id } = await makeSession(at, { capacity: 50, waitlist: true })
  const came = await Promise.all(
    people.map((person) => at.ask('POST', `${attendeesOf(id)}/${person}?waitlist=true`)),
  )
  const count = (status: number) => came.filter((one) => one.status === status).length
  expect([count(200), count(202)]).toEqual([50, 450])
  const before = await standing(at, id)
  const places = new Map(came.map(({ body }, n) => [people[n], body.position as number]))
  expect(before.line.map((person) => places.get(person))).toEqual(before.line.map((_, n) => n + 1))
  const givingUp = before.line.slice(300, 320)
  const session = `/sessions/resources/${id}`
  const gone = await Promise.all([
    ...before.seated.map((person) => at.ask('DELETE', `${attendeesOf(id)}/${person}`)),
    ...givingUp.map((person) => at.ask('DELETE', `${lineOf(id)}/${person}`)),
    at.ask('PATCH', session, { session: { capacity: 55 } }),
  ])
  expect(gone.map(({ status }) => status)).toEqual(gone.map(() => 200))
  await runAllJobs()
  const after = await standing(at, id)
  expect(after.seated).toEqual(before.line.slice(0, 55).toSorted())
  expect(after.line).toEqual(before.line.slice(55).filter((one) => !givingUp.includes(one)))
  await drainFeed()
  const told = (await changesIn(at)).filter(({ type }) => type === 'attendance.promoted')
  const promoted = told.map(({ note }) => note.person_id)
  expect(promoted.toSorted()).toEqual(after.seated)
})
