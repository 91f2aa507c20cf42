import { expect, test } from 'vitest'
import { freshEvent, patiently } from '#test/support/factories.ts'
import { attendeeIds, attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'

test('gives 50 seats to exactly 50 of 200 who ask at once', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 200)
  const { session_id: id } = await makeSession(at, { capacity: 50 })
  const agenda = { session: { sessions: [{ session_id: id }] } }
  const answers = await Promise.all(
    people.map((person, n) =>
      n % 2
        ? patiently(() => at.ask('POST', `${attendeesOf(id)}/${person}`))
        : patiently(() => at.ask('POST', `/people/resources/${person}/sessions`, agenda)),
    ),
  )
  const outcomes = answers.map(({ status, error }) => error ?? status)
  expect(Map.groupBy(outcomes, (outcome) => outcome).get(200)).toHaveLength(50)
  expect(Map.groupBy(outcomes, (outcome) => outcome).get('session_full')).toHaveLength(150)
  const list = await at.ask('GET', `${attendeesOf(id)}?limit=1000`)
  expect(list.body.record_number).toBe(50)
  const won = people.filter((_, n) => outcomes[n] === 200)
  expect(attendeeIds(list.body)).toEqual(won.toSorted())
})
