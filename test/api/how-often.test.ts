import { afterEach, beforeEach, expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { makeAttendee } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { freshEvent } from '#test/support/factories.ts'

const names = ['ATTENDEE_REQUESTS', 'SCANNER_REQUESTS', 'TOKEN_REQUESTS']
const before = names.map((name) => process.env[name])
beforeEach(() => {
  for (const name of names) delete process.env[name]
})
afterEach(() => {
  for (const [n, name] of names.entries()) process.env[name] = before[n]
})

test('lets an attendee ask 60 times at once and 20 times a second, and others meanwhile', async () => {
  const event = await freshEvent()
  const ada = await makeAttendee(event)
  const eve = await makeAttendee(event)
  const start = Date.now()
  let now = start
  const back = setClock(() => now)
  try {
    const asked = await Promise.all([...Array(61)].map(() => call('GET', '/me', ada)))
    const refused = asked.filter(({ status }) => status !== 200)
    expect(refused.map(({ status, error }) => [status, error])).toEqual([
      [429, 'too_many_requests'],
    ])
    expect(refused[0]?.headers['retry-after']).toBe('1')
    expect((await call('GET', '/me', eve)).status).toBe(200)
    now = start + 1000
    const later = await Promise.all([...Array(21)].map(() => call('GET', '/me', ada)))
    expect(later.filter(({ status }) => status === 200)).toHaveLength(20)
  } finally {
    back()
  }
})

test('takes the rate of attendees from its setting', async () => {
  const ada = await makeAttendee(await freshEvent())
  process.env.ATTENDEE_REQUESTS = '1'
  const now = Date.now()
  const back = setClock(() => now)
  try {
    const asked = await Promise.all([...Array(5)].map(() => call('GET', '/me', ada)))
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(3)
  } finally {
    back()
  }
})
