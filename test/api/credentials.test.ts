import { afterEach, describe, expect, test } from 'vitest'
import { everyRoute } from '#functions/every-route.ts'
import { setLogSink } from '#lib/base/log.ts'
import { call, organisation } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { filled } from '#test/support/security.ts'

const lines: string[] = []
const quiet = (line: string) => void lines.push(line)
afterEach(() => {
  lines.length = 0
  setLogSink(() => {})
})

const carriers: [string, (token: string) => Record<string, string>][] = [
  ['Authorization: Bearer', (token) => ({ authorization: `Bearer ${token}` })],
  ['authorization: bearer', (token) => ({ authorization: `bearer  ${token}` })],
  ['raw Authorization', (token) => ({ authorization: token })],
  ['X-API-KEY', (token) => ({ 'x-api-key': token })],
  ['Key', (token) => ({ key: token })],
]

test.each(carriers)('takes a token as %s', async (_, headers) => {
  const { token, organisation: org } = await organisation()
  expect((await call('GET', '/me', { headers: headers(token) })).body.organisation).toBe(org)
})

test('takes the same token twice, but no two that differ', async () => {
  const [one, two] = await Promise.all([organisation(), organisation()])
  const ask = (key: string) =>
    call('GET', '/me', { token: one.token, headers: { 'x-api-key': key } })
  expect((await ask(one.token)).status).toBe(200)
  expectError(await ask(two.token), 'ambiguous_credentials')
})

test.each([
  ['an unknown token', `plk_${'a'.repeat(26)}_${'b'.repeat(32)}`],
  ['a part of a token', 'plk_'],
  ['10 KB', 'x'.repeat(10_000)],
  ['letters outside ASCII', 'plk_ééééééééééééééééééééééééééééééééé'],
  ['another scheme', 'Basic cGxrX2E6Yg=='],
  ['a JWT without signature', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.'],
  ['nothing', ''],
])('refuses %s', async (_, authorization) => {
  const reply = await call('GET', '/me', { headers: { authorization } })
  expectError(reply, 'not_authorised')
  expect(reply.headers['www-authenticate']).toBe('Bearer')
})

describe('a token in the query', () => {
  const [bySchedule, others] = [true, false].map((wanted) =>
    everyRoute.filter(
      ({ right, queryCredential }) =>
        right !== 'public' && (queryCredential === 'token') === wanted,
    ),
  )

  test.each(others ?? [])('is not looked at by $method $path', async (route) => {
    const { token } = await organisation()
    const reply = await call(route.method.toUpperCase(), filled(route, {}), { query: { token } })
    expectError(reply, 'not_authorised')
  })

  test.each(bySchedule ?? [])('opens $method $path without a trace of itself', async (route) => {
    setLogSink(quiet)
    const { token } = await organisation()
    const body = route.method === 'get' ? {} : { body: '{' }
    const reply = await call(route.method.toUpperCase(), filled(route, {}), {
      query: { token },
      ...body,
    })
    expect(reply.status, reply.text).not.toBe(401)
    expect(lines.length).toBeGreaterThan(0)
    expect(JSON.stringify([lines, reply.headers, reply.text])).not.toContain(token)
    const twice = { query: { token: [token, `${token}x`] }, ...body }
    const ambiguous = await call(route.method.toUpperCase(), filled(route, {}), twice)
    expectError(ambiguous, 'ambiguous_credentials')
  })
})

test('neither echoes nor logs a token in a query that takes none', async () => {
  setLogSink(quiet)
  const { token } = await organisation()
  const made = await call('POST', '/events', { token, body: { name: 'Rhine' } })
  const path = `/events/${made.body.id}/people/resources`
  for (const query of [`token=${token}`, `%74oken=${token}`, `TOKEN=${token}`, token]) {
    const list = await call('GET', `${path}?${query}&limit=1`, { token })
    expectError(list, 'invalid_query')
    expect(JSON.stringify([lines, list.headers, list.text])).not.toContain(token)
  }
})

test('forgets the token of a query when it names the next page', async () => {
  setLogSink(quiet)
  const { token } = await organisation()
  const made = await call('POST', '/events', { token, body: { name: 'Rhine' } })
  const path = `/events/${made.body.id}/event_schedules`
  for (const starts_at of ['2027-05-04T09:00:00Z', '2027-05-05T09:00:00Z']) {
    await call('POST', path, { token, body: { starts_at } })
  }
  const list = await call('GET', `${path}?%74oken=${token}&limit=1`)
  expect(list.headers.link).toContain('rel="next"')
  expect(JSON.stringify([lines, list.headers, list.text])).not.toContain(token)
})
