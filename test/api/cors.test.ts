import { expect, test } from 'vitest'
import { call } from '#test/support/call.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'

const app = 'https://app.example.com'

const asking = { origin: app, 'access-control-request-method': 'GET' }

test('lets apps of named origins read an event, and nobody else', async () => {
  const at = await freshEvent()
  const closed = await at.ask('GET', '', undefined, { origin: app })
  expect([closed.status, closed.headers['access-control-allow-origin']]).toEqual([200, undefined])
  expect(closed.headers.vary).toContain('Origin')
  const named = await at.ask('PATCH', '', { event: { allowed_origins: [app, app] } })
  expect(named.body.allowed_origins).toEqual([app])
  const open = await at.ask('GET', '/people/resources', undefined, { origin: app })
  expect(open.headers).toMatchObject({
    'access-control-allow-origin': app,
    'access-control-expose-headers':
      'ETag, Link, X-Total-Count, X-Request-Id, Retry-After, Idempotency-Replayed',
  })
  expect(open.headers['access-control-allow-credentials']).toBeUndefined()
  for (const other of ['https://app.example.com.evil.example', 'http://app.example.com', 'null']) {
    const answer = await at.ask('GET', '', undefined, { origin: other })
    expect(answer.headers['access-control-allow-origin'], other).toBeUndefined()
  }
  const { id: sibling } = (
    await call('POST', '/events', { token: at.token, body: { name: 'Two' } })
  ).body
  const foreign = await call('GET', `/events/${sibling}`, {
    token: at.token,
    headers: { origin: app },
  })
  expect(foreign.headers['access-control-allow-origin']).toBeUndefined()
  const me = await call('GET', '/me', { token: at.token, headers: { origin: app } })
  expect(me.headers['access-control-allow-origin']).toBe(app)
  const refused = await at.ask('GET', '/people/resources/x', undefined, { origin: app })
  expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([404, app])
  const back = await at.ask('PUT', '', { event: named.body })
  expect(back.body.allowed_origins).toEqual([app])
  await at.ask('PATCH', '', { event: { allowed_origins: [] } })
  const taken = await at.ask('GET', '', undefined, { origin: app })
  expect(taken.headers['access-control-allow-origin']).toBeUndefined()
})

test('answers preflights before anybody says who they are', async () => {
  const at = await freshEvent({ allowed_origins: [app] })
  const { person_id } = await makePerson(at)
  const path = `/events/${at.id}/people/resources/${person_id}`
  const ask = (headers: Record<string, string>, to = path) => call('OPTIONS', to, { headers })
  const answer = await ask(asking)
  expect(answer.status).toBe(204)
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': app,
    'access-control-allow-methods': expect.stringContaining('PATCH'),
    'access-control-allow-headers': expect.stringContaining('Authorization'),
    vary: 'Origin',
  })
  const other = await ask({ ...asking, origin: 'https://other.example' })
  expect([other.status, other.headers['access-control-allow-origin']]).toEqual([204, undefined])
  const nobodys = await ask(asking, '/events/evt_aaaaaaaaaaaaaaaaaaaaaaaaaa')
  expect(nobodys.headers['access-control-allow-origin']).toBeUndefined()
  const without = await call('GET', path, { headers: { origin: app } })
  expect([without.status, without.headers['access-control-allow-origin']]).toEqual([401, app])
})

test.each([
  'https://app.example.com/',
  'https://app.example.com:443',
  'https://APP.example.com',
  'https://user@app.example.com',
  'ftp://app.example.com',
  '*',
  'null',
  '',
])('takes no origin but as browsers send it: %s', async (origin) => {
  const at = await freshEvent()
  const answer = await at.ask('PATCH', '', { event: { allowed_origins: [origin] } })
  expect([answer.error, answer.body.errors[0].field]).toEqual([
    'invalid_body',
    'event.allowed_origins[0]',
  ])
})

test('names at most twenty origins', async () => {
  const at = await freshEvent()
  const some = (count: number) => [...Array(count).keys()].map((n) => `https://a${n}.example`)
  const set = (count: number) => at.ask('PATCH', '', { event: { allowed_origins: some(count) } })
  expect((await set(20)).body.allowed_origins).toHaveLength(20)
  expect((await set(21)).error).toBe('invalid_body')
})

test('lets apps of origins that the organisation names into all its events, and no others', async () => {
  const at = await freshEvent()
  const other = await freshEvent()
  const named = 'https://all.example.com'
  const body = { organisation: { allowed_origins: [named] } }
  expect((await call('PUT', '/organisation', { token: at.token, body })).status).toBe(200)
  const asking = { origin: named, 'access-control-request-method': 'GET' }
  const allowed = (answer: { headers: Record<string, string> }) =>
    answer.headers['access-control-allow-origin']
  const preflight = (event: string) =>
    call('OPTIONS', `/events/${event}/sessions`, { headers: asking })
  expect(allowed(await preflight(at.id))).toBe(named)
  expect(allowed(await preflight(other.id))).toBeUndefined()
  const read = (event: EventClient) => event.ask('GET', '', undefined, { origin: named })
  expect([allowed(await read(at)), allowed(await read(other))]).toEqual([named, undefined])
  const stranger = { headers: { origin: named } }
  expect(allowed(await call('GET', `/events/${at.id}`, stranger))).toBe(named)
  expect(allowed(await call('GET', `/events/${other.id}`, stranger))).toBeUndefined()
})
