import { expect, test } from 'vitest'
import { readCalendar } from '#test/support/calendar.ts'
import { freshEvent } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'

test('leaves the descriptions out of a calendar that is too large to be answered', async () => {
  const at = await freshEvent()
  const session_description = `${'Long text. '.repeat(1_800)}`
  for (let n = 0; n < 300; n += 30) {
    await Promise.all([...Array(30)].map(() => makeSession(at, { session_description })))
  }
  const { status, bytes, text } = await at.ask('GET', '/sessions/calendar.ics')
  expect([status, bytes.length < 1_000_000]).toEqual([200, true])
  expect(readCalendar(text).size).toBe(300)
})
