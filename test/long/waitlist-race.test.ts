import { expect, test } from 'vitest'
import { expectConsistent } from '#test/support/consistent.ts'
import { freshEvent, patiently, runAllJobs } from '#test/support/factories.ts'
import { attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'
import { lineOf, standing } from '#test/support/waitlist.ts'

const everyone = 160
const seats = 20

test('keeps the order of those who wait while many leave, give up and are given more seats', async () => {
  const at = await freshEvent()
  const people = await crowd(at, everyone)
  const { session_id: id } = await makeSession(at, { capacity: seats, waitlist: true })
  const path = attendeesOf(id)
  const answers = await Promise.all(
    people.map((person) => patiently(() => at.ask('POST', `${path}/${person}?waitlist=true`))),
  )
  const seated = people.filter((_, n) => answers[n]?.status === 200)
  expect(seated).toHaveLength(seats)
  const waiting = people
    .map((person, n) => ({ person, position: Number(answers[n]?.body.position) }))
    .filter((_, n) => answers[n]?.status === 202)
    .sort((a, b) => a.position - b.position)
  expect(waiting.map(({ position }) => position)).toEqual(waiting.map((_, n) => n + 1))
  const line = waiting.map(({ person }) => person)
  expect((await standing(at, id)).line).toEqual(line)

  const quitting = line.filter((_, n) => n % 9 === 0)
  const [done] = await Promise.all([
    Promise.all(seated.map((one) => patiently(() => at.ask('DELETE', `${path}/${one}`)))),
    patiently(() =>
      at.ask('PATCH', `/sessions/resources/${id}`, { session: { capacity: seats + 5 } }),
    ),
    ...quitting.map((one) => patiently(() => at.ask('DELETE', `${lineOf(id)}/${one}`))),
  ])
  expect(done.map(({ status }) => status)).toEqual(seated.map(() => 200))
  await runAllJobs()
  const { seated: now, line: left } = await standing(at, id)
  expect(now).toHaveLength(seats + 5)
  expect(left).toEqual(line.filter((one) => left.includes(one)))
  const [next = ''] = left
  const before = line.slice(0, line.indexOf(next))
  expect(now.toSorted()).toEqual(
    before.filter((one) => now.includes(one) || !quitting.includes(one)).toSorted(),
  )
  await expectConsistent(at)
})
