import { createHmac } from 'node:crypto'
import { base64url } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '#test/support/call.ts'
import { changesIn } from '#test/support/changes.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'
import { drainFeed, followChanges } from '#test/support/feed.ts'
import { type Issuer, issuerOnLoopback } from '#test/support/issuer.ts'
import { allRowsMentioning } from '#test/support/scan.ts'
import { makeSession } from '#test/support/sessions.ts'

let provider: Issuer
beforeAll(async () => {
  process.env.OIDC_ON_LOOPBACK = '1'
  await followChanges()
  provider = await issuerOnLoopback()
})
afterAll(() => provider.stop())

const name = (at: EventClient, sign_in: unknown) => at.ask('PATCH', '', { event: { sign_in } })

/** An event that takes sign-ins, with Ada in it; `by` asks with a token of the issuer. */
async function opened(issuer = provider) {
  const at = await freshEvent()
  const email = 'ada@example.com'
  const profile = { first_name: 'Ada', last_name: 'Byron', email_address: email }
  const { person_id: person } = await makePerson(at, { profile })
  expect((await name(at, { issuer: issuer.issuer, audience: 'app' })).status).toBe(200)
  const by =
    (token: string) =>
    (method: string, path: string, body?: unknown, headers = {}) =>
      call(method, `/events/${at.id}${path}`, { token, headers, ...(body ? { body } : {}) })
  const ada = by(await issuer.sign(email))
  return { at, by, ada, person, email }
}

test('lets in whoever the issuer has signed in, as the attendee with the address', async () => {
  const { at, by, ada, person } = await opened()
  const own = await ada('GET', '/people/me/profile')
  expect([own.status, own.body.id]).toEqual([200, person])
  for (const token of [
    await provider.sign('  ADA@Example.com '),
    await provider.sign('ada@example.com', { email_verified: 'true', aud: ['other', 'app'] }),
    await provider.sign('ada@example.com', { exp: Math.floor(Date.now() / 1_000) - 30 }),
  ]) {
    expect((await by(token)('GET', '/people/me/profile')).status).toBe(200)
  }
  expect((await ada('GET', '/people/resources')).error).toBe('forbidden')
  expect((await ada('PATCH', '', { event: { name: 'Mine' } })).error).toBe('forbidden')
  const { session_id } = await makeSession(at)
  const joined = await ada('POST', '/people/me/sessions', { session: { session_id } })
  expect(joined.status, joined.text).toBe(200)
  await drainFeed()
  const [change] = (await changesIn(at)).filter(({ type }) => type === 'attendance.added')
  expect(change?.actor).toMatchObject({ name: '', role: 'attendee' })
  const code = (await at.ask('GET', '')).body.short_code
  const short = await call('GET', `/events/${code}/people/me/profile`, {
    token: await provider.sign('ada@example.com'),
  })
  expect(short.status).toBe(200)
})

test('refuses tokens that are not the issuer’s for this app, and says which is at fault', async () => {
  const { at, by } = await opened()
  const other = await issuerOnLoopback()
  const past = Math.floor(Date.now() / 1_000) - 90
  const parts = (header: object, claims: object) =>
    [header, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.')
  const claims = {
    iss: provider.issuer,
    aud: 'app',
    exp: past + 900,
    email: 'ada@example.com',
    email_verified: true,
  }
  const hs = parts({ alg: 'HS256', kid: 'first' }, claims)
  const secret = JSON.stringify(provider.publicKey())
  const good = await provider.sign('ada@example.com')
  for (const token of [
    await other.sign('ada@example.com'),
    await other.sign('ada@example.com', { iss: provider.issuer }),
    await provider.sign('ada@example.com', { aud: 'another-app' }),
    await provider.sign('ada@example.com', { exp: past }),
    await provider.sign('ada@example.com', { exp: undefined }),
    await provider.sign('ada@example.com', { nbf: past + 900 }),
    await provider.sign('ada@example.com', { email_verified: false }),
    await provider.sign('ada@example.com', { email_verified: undefined }),
    await provider.sign('ada@example.com', { email: undefined }),
    await provider.sign('ada@example.com', { email: 7 }),
    await provider.sign('no address'),
    await provider.sign('ada@example.com', { iss: `${provider.issuer}/` }),
    await provider.sign('ada@example.com', { iss: undefined }),
    `${parts({ alg: 'none' }, claims)}.`,
    `${parts({ alg: 'none' }, claims)}.x`,
    `${hs}.${createHmac('sha256', secret).update(hs).digest('base64url')}`,
    `${good.slice(0, -12)}AAAAAAAAAAAA`,
    `${good.split('.')[0]}.${base64url.encode('not json')}.x`,
    'a.b.c',
  ]) {
    const reply = await by(token)('GET', '/people/me/profile')
    expectError(reply, 'not_authorised')
    expect(reply.headers['www-authenticate']).toMatch(/^Bearer/)
    expect(reply.text).not.toContain(token)
  }
  const stranger = await by(await provider.sign('eve@example.com'))('GET', '/people/me/profile')
  expectError(stranger, 'forbidden')
  for (const headers of [{ 'x-api-key': good }, { authorization: good }]) {
    const path = `/events/${at.id}/people/me/profile`
    expectError(await call('GET', path, { headers }), 'not_authorised')
  }
  expectError(await call('GET', '/me', { token: good }), 'not_authorised')
  expectError(await call('GET', `/events/${at.id}/event_schedules?token=${good}`), 'not_authorised')
  await other.stop()
})

test('opens no other event, and none any more that takes it back or whose person goes', async () => {
  const { at, ada, person } = await opened()
  const next = await opened()
  const other = await freshEvent()
  await makePerson(other, { profile: { email_address: 'ada@example.com' } })
  const token = await provider.sign('ada@example.com')
  const foreign = await call('GET', `/events/${other.id}/people/me/profile`, { token })
  expectError(foreign, 'not_authorised')
  await at.ask('DELETE', `/people/resources/${person}`)
  expectError(await ada('GET', '/people/me/profile'), 'forbidden')
  const printed = await next.at.ask('GET', '')
  expect(printed.body.sign_in).toEqual({ issuer: provider.issuer, audience: 'app' })
  const again = await next.at.ask('PUT', '', { event: printed.body })
  expect(again.headers.etag).toBe(printed.headers.etag)
  expect((await name(next.at, null)).body.sign_in).toBeNull()
  expectError(await next.ada('GET', '/people/me/profile'), 'not_authorised')
  await name(next.at, { issuer: provider.issuer, audience: 'app' })
  await next.at.ask('DELETE', '')
  expectError(await next.ada('GET', '/people/me/profile'), 'not_authorised')
})

test('asks the issuer once, goes on with new keys, and says when the issuer cannot be reached', async () => {
  const own = await issuerOnLoopback('ES256')
  const { ada, email } = await opened(own)
  await Promise.all([...Array(10)].map(() => ada('GET', '/people/me/profile')))
  expect(own.asked).toEqual(['/.well-known/openid-configuration', '/keys'])
  await own.stop()
  expect((await ada('GET', '/people/me/profile')).status).toBe(200)
  const down = await issuerOnLoopback()
  down.state.isDown = true
  const closed = await opened(down)
  const answer = await closed.ada('GET', '/people/me/profile')
  expectError(answer, 'issuer_unreachable')
  expect(answer.headers['retry-after']).toBe('30')
  await down.stop()
  const liar = await issuerOnLoopback()
  liar.state.named = provider.issuer
  const misled = await opened(liar)
  expectError(await misled.ada('GET', '/people/me/profile'), 'issuer_unreachable')
  await liar.stop()
  for (const keysAt of ['http://id.example.com/keys', 'https://10.0.0.1/keys', 'https://x:8443']) {
    const elsewhere = await issuerOnLoopback()
    elsewhere.state.keysAt = keysAt
    const astray = await opened(elsewhere)
    expectError(await astray.ada('GET', '/people/me/profile'), 'issuer_unreachable')
    expect(elsewhere.asked).toEqual(['/.well-known/openid-configuration'])
    await elsewhere.stop()
  }
  // A key that was never seen is asked for.
  const rotated = await issuerOnLoopback('EdDSA')
  const event = await opened(rotated)
  expect((await event.ada('GET', '/people/me/profile')).status).toBe(200)
  await rotated.rotate('second')
  const renewed = await rotated.sign(email)
  expect((await event.by(renewed)('GET', '/people/me/profile')).status).toBe(200)
  // Keys that nobody has are asked for no more often than the issuer can bear.
  const before = rotated.asked.length
  for (let n = 0; n < 20; n += 1) {
    const made = await rotated.sign(email, {}, { kid: `made up ${n}` })
    expect((await event.by(made)('GET', '/people/me/profile')).status).toBe(401)
  }
  expect(rotated.asked.length - before).toBeLessThanOrEqual(3)
  await rotated.stop()
})

test('does a request once, whatever sign-in sends it again, and keeps no token', async () => {
  const { at, by, ada, email } = await opened()
  const { session_id } = await makeSession(at)
  const body = { session: { session_id } }
  const key = { 'idempotency-key': 'join' }
  const first = await ada('POST', '/people/me/sessions', body, key)
  const again = await ada('POST', '/people/me/sessions', body, key)
  expect([again.body, again.headers['idempotency-replayed']]).toEqual([first.body, 'true'])
  const renewed = await provider.sign(email, { jti: 'renewed' })
  const other = await by(renewed)('POST', '/people/me/sessions', body, key)
  expectError(other, 'idempotency_mismatch')
  expect(await allRowsMentioning(renewed.split('.')[2] ?? '')).toEqual([])
})

test('takes the sign-in of the organisation where an event names none of its own', async () => {
  const at = await freshEvent()
  const { person_id } = await makePerson(at, { profile: { email_address: 'ada@example.com' } })
  const ask = (method: string, body?: unknown, headers = {}) =>
    call(method, '/organisation', { token: at.token, headers, ...(body ? { body } : {}) })
  const unset = await ask('GET')
  expect(unset.body).toMatchObject({ allowed_origins: [], sign_in: null })
  const sign_in = { issuer: provider.issuer, audience: 'app' }
  const set = await ask('PATCH', { organisation: { sign_in } })
  expect([set.status, set.body.sign_in]).toEqual([200, sign_in])
  const profile = async () =>
    call('GET', `/events/${at.id}/people/me/profile`, {
      token: await provider.sign('ada@example.com'),
    })
  expect((await profile()).body.id).toBe(person_id)
  // The event's own is in place of it.
  await name(at, { issuer: 'https://id.example.com', audience: 'app' })
  expectError(await profile(), 'not_authorised')
  await name(at, null)
  expect((await profile()).status).toBe(200)
  const foreign = await freshEvent()
  await makePerson(foreign, { profile: { email_address: 'ada@example.com' } })
  const token = await provider.sign('ada@example.com')
  const other = await call('GET', `/events/${foreign.id}/people/me/profile`, { token })
  expectError(other, 'not_authorised')
  const stale = await ask('PUT', { organisation: {} }, { 'if-match': unset.headers.etag })
  expectError(stale, 'precondition_failed')
  const same = await ask('PUT', { organisation: set.body }, { 'if-match': set.headers.etag })
  expect(same.headers.etag).toBe(set.headers.etag)
  for (const method of ['PUT', 'PATCH']) {
    const wrong = { organisation: { organisation_id: 'org_x' } }
    expectError(await ask(method, wrong), 'id_mismatch')
  }
  expectError(
    await ask('PATCH', { organisation: {} }, { 'if-match': '"other"' }),
    'precondition_failed',
  )
  await ask('PUT', { organisation: {} })
  expectError(await profile(), 'not_authorised')
})

test.each([
  'https://id.example.com/?x=1',
  'https://id.example.com/#x',
  'https://user:pw@id.example.com',
  'http://id.example.com',
  'https://10.0.0.1',
  'https://[::1]:8443',
  'https://169.254.169.254/latest',
  'https://localhost.',
  'https://id.example.com:8443',
  'ftp://id.example.com',
  'id.example.com',
  '',
  `https://id.example.com/${'x'.repeat(300)}`,
])('takes no issuer such as %s', async (issuer) => {
  const at = await freshEvent()
  delete process.env.OIDC_ON_LOOPBACK
  const answer = await name(at, { issuer, audience: 'app' })
  process.env.OIDC_ON_LOOPBACK = '1'
  expectError(answer, 'invalid_body')
  expect(answer.body.fields).toBe('event.sign_in.issuer')
})

test('names what is wrong with an audience', async () => {
  const at = await freshEvent()
  const answer = await name(at, { issuer: 'https://id.example.com', audience: '' })
  expect(answer.body.fields).toBe('event.sign_in.audience')
  const missing = await name(at, { issuer: 'https://id.example.com' })
  expect(missing.body.fields).toBe('event.sign_in.audience')
})
