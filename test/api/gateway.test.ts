import type { APIGatewayProxyResultV2 } from 'aws-lambda'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { codeOf } from '#lib/base/errors.ts'
import { testGateway } from '#test/support/test-gateway.ts'

const { gateway, seen, forget, ask, withHeaders } = await testGateway()
afterAll(() => gateway.stop(0))
beforeEach(forget)

test('hands a request over as an event of payload format 2.0', async () => {
  await ask('/api/v2/events?limit=2&name=a%20b', {
    headers: { 'X-Thing': 'v', 'user-agent': 'me' },
  })
  expect(seen.event).toMatchObject({
    version: '2.0',
    routeKey: 'ANY /api/v2/events',
    rawPath: '/api/v2/events',
    rawQueryString: 'limit=2&name=a%20b',
    queryStringParameters: { limit: '2', name: 'a b' },
    headers: { 'x-thing': 'v' },
    isBase64Encoded: false,
    requestContext: {
      http: { method: 'GET', path: '/api/v2/events', sourceIp: '127.0.0.1', userAgent: 'me' },
      stage: '$default',
    },
  })
  expect(seen.event?.body).toBeUndefined()
  expect(seen.event?.requestContext.requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(seen.event?.requestContext.time).toMatch(
    /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/,
  )
})

test('sends each path to the group whose template fits best, in both prefixes', async () => {
  const groupOf = async (path: string) => {
    await ask(path)
    return seen.asked
  }
  expect(await groupOf('/en/api/v2/events/e1')).toBe('events')
  expect(await groupOf('/api/v2/events/e1/people/resources')).toBe('people')
  expect(await groupOf('/api/v2/events/e1/people/resources/p1/ticket')).toBe('events')
  expect(await groupOf('/api/v2/events/e1/people/groups/slots')).toBe('people')
  expect(await groupOf('/api/v2')).toBe('reference')
  expect(await groupOf('/nothing/here')).toBe('reference')
})

test('answers 404 itself for a group that is not there', async () => {
  const answer = await ask('/api/v2/events/e1/sessions')
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ code: codeOf('not_found'), fields: '', errors: [] })
  expect(seen.event).toBeUndefined()
})

test('decodes the path, an escaped slash included, but not the query', async () => {
  await ask('/api/v2/events/a%2Fb%20%C3%BC?q=%2F')
  expect(seen.event?.rawPath).toBe('/api/v2/events/a/b ü')
  expect(seen.event?.rawQueryString).toBe('q=%2F')
})

test('finds nothing where HTTP APIs would cut the path at an escaped question mark, and act on another object', async () => {
  const answer = await ask('/api/v2/events/a%3Fb/people?limit=2')
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ code: codeOf('not_found') })
  expect(seen.event).toBeUndefined()
})

test('joins repeated query keys by a comma beside the raw query', async () => {
  await ask('/api/v2/events?a=1&a=2&b=&__proto__=x')
  expect(seen.event?.rawQueryString).toBe('a=1&a=2&b=&__proto__=x')
  expect(Object.entries(seen.event?.queryStringParameters ?? {})).toEqual([
    ['a', '1,2'],
    ['b', ''],
    ['__proto__', 'x'],
  ])
})

test('joins repeated headers by a comma, all but cookies', async () => {
  await withHeaders('/api/v2/events', { 'X-Twice': ['one', 'two'], cookie: 'a=1; b=2' })
  expect(seen.event?.headers['x-twice']).toBe('one,two')
  expect(seen.event?.cookies).toEqual(['a=1', 'b=2'])
  expect(seen.event?.headers.cookie).toBeUndefined()
})

test('does not believe a client about its address', async () => {
  await ask('/api/v2/events', { headers: { 'x-forwarded-for': '203.0.113.9' } })
  expect(seen.event?.requestContext.http.sourceIp).toBe('127.0.0.1')
})

test('hands bodies over as base64, all but JSON', async () => {
  const send = (type: string, body: string | Buffer) =>
    ask('/api/v2/events', { method: 'POST', headers: { 'content-type': type }, body })
  await send('application/json; charset=utf-8', '{"name":"Zoë 日本 🎪"}')
  expect(seen.event).toMatchObject({ body: '{"name":"Zoë 日本 🎪"}', isBase64Encoded: false })
  await send('application/merge-patch+json', '{}')
  expect(seen.event).toMatchObject({ body: '{}', isBase64Encoded: false })
  const bytes = Buffer.from([0, 1, 254, 255])
  await send('image/png', bytes)
  expect(seen.event).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true })
  await send('application/x-www-form-urlencoded', 'a=1')
  expect(seen.event).toMatchObject({
    body: Buffer.from('a=1').toString('base64'),
    isBase64Encoded: true,
  })
})

test('sends back all parts of an answer: status, headers, cookies, text', async () => {
  seen.result = {
    statusCode: 409,
    headers: { 'content-type': 'application/json', 'x-count': 3, ETag: '"a"' },
    cookies: ['a=1; Path=/', 'b=2'],
    body: '{"name":"Zoë 🎪"}',
  }
  const answer = await ask('/api/v2/events')
  expect(answer.status).toBe(409)
  expect(answer.headers.get('x-count')).toBe('3')
  expect(answer.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2'])
  expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength('{"name":"Zoë 🎪"}')))
  expect(await answer.json()).toEqual({ name: 'Zoë 🎪' })
})

test('decodes a base64 answer to its bytes', async () => {
  const bytes = Buffer.from([137, 80, 78, 71, 0, 255])
  seen.result = { statusCode: 200, body: bytes.toString('base64'), isBase64Encoded: true }
  expect(Buffer.from(await (await ask('/api/v2/events')).arrayBuffer())).toEqual(bytes)
})

test('takes a result without a status code for a 200 of JSON', async () => {
  seen.result = { hello: 'world' } as APIGatewayProxyResultV2
  const answer = await ask('/api/v2/events')
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(await answer.json()).toEqual({ hello: 'world' })
})

test.each([204, 304])('sends no body with %i', async (status) => {
  seen.result = { statusCode: status, headers: { etag: '"a"' }, body: 'must not go out' }
  const answer = await ask('/api/v2/events')
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-length')).toBeNull()
  expect(await answer.text()).toBe('')
})

test('answers HEAD with the headers alone', async () => {
  seen.result = { statusCode: 200, body: 'twelve bytes' }
  const answer = await ask('/api/v2/events', { method: 'HEAD' })
  expect(seen.event?.requestContext.http.method).toBe('HEAD')
  expect(answer.headers.get('content-length')).toBe('12')
  expect(await answer.text()).toBe('')
})
