import { expect, test } from 'vitest'
import { type EventClient, freshEvent } from '#test/support/factories.ts'
import { attendeeIds, attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'

test('gives 50 seats to exactly 50 of 200 who ask at once', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 200)
  const { session_id: id } = await makeSession(at, { capacity: 50 })
  const answers = await Promise.all(
    people.map((person, n) =>
      n % 2
        ? patiently(at, `${attendeesOf(id)}/${person}`)
        : patiently(at, `/people/resources/${person}/sessions`, {
            session: { sessions: [{ session_id: id }] },
          }),
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

/** On a machine with other work the store may not answer in 8 s: then the answer says to come again. */
async function patiently(at: EventClient, path: string, body?: unknown) {
  for (let again = 0; again < 5; again += 1) {
    const answer = await at.ask('POST', path, body)
    if (answer.status !== 503) return answer
    expect(answer.headers['retry-after']).toBe('1')
  }
  throw new Error('the store stays busy')
}
