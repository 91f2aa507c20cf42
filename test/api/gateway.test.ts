import { request } from 'node:http'
import { connect } from 'node:net'
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Handlers } from '#infra/local/functions.ts'
import { type Gateway, type Served, startGateway } from '#infra/local/gateway.ts'
import { codeOf } from '#lib/base/errors.ts'
import { engines } from '#test/support/engines.ts'

let gateway: Gateway
let event: APIGatewayProxyEventV2 | undefined
let asked: string | undefined
let result: APIGatewayProxyResultV2 | (() => Promise<APIGatewayProxyResultV2>)
const served: Served[] = []
const errors: unknown[] = []

const handlers: Handlers = new Map(
  ['events', 'people', 'reference'].map((name) => [
    name,
    async (given) => {
      event = given
      asked = name
      return typeof result === 'function' ? result() : result
    },
  ]),
)

beforeAll(async () => {
  const { s3 } = await engines()
  gateway = await startGateway({
    port: 0,
    handlers,
    objects: s3.objects,
    onServed: (one) => served.push(one),
    onError: (error) => errors.push(error),
  })
})
afterAll(() => gateway.stop(0))
beforeEach(() => {
  event = undefined
  asked = undefined
  result = { statusCode: 200, body: '{}' }
})

const at = (path: string) => `http://127.0.0.1:${gateway.port}${path}`
const ask = (path: string, init?: RequestInit) => fetch(at(path), init)

/** The answer to bytes that no well-behaved client would send. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(gateway.port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}

/** Node's own client, which lets headers repeat; fetch joins them. */
function withHeaders(path: string, headers: Record<string, string | string[]>): Promise<void> {
  return new Promise((resolve, reject) => {
    request(at(path), { headers }, (answer) => answer.resume().on('end', resolve))
      .on('error', reject)
      .end()
  })
}

/** The status for a body of so many bytes whose length is not declared. */
function posted(size: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sending = request(at('/api/v2/events'), { method: 'POST' }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    }).on('error', reject)
    for (let sent = 0; sent < size; sent += 1024 * 1024) sending.write(Buffer.alloc(1024 * 1024))
    sending.end()
  })
}

test('hands a request over as an event of payload format 2.0', async () => {
  await ask('/api/v2/events?limit=2&name=a%20b', {
    headers: { 'X-Thing': 'v', 'user-agent': 'me' },
  })
  expect(event).toMatchObject({
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
  expect(event?.body).toBeUndefined()
  expect(event?.requestContext.requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(event?.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
})

test('sends each path to the group whose template fits best, in both prefixes', async () => {
  const groupOf = async (path: string) => {
    await ask(path)
    return asked
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
  expect(event).toBeUndefined()
})

test('decodes the path, an escaped slash included, but not the query', async () => {
  await ask('/api/v2/events/a%2Fb%20%C3%BC?q=%2F')
  expect(event?.rawPath).toBe('/api/v2/events/a/b ü')
  expect(event?.rawQueryString).toBe('q=%2F')
})

test('finds nothing where HTTP APIs would cut the path at an escaped question mark, and act on another object', async () => {
  const answer = await ask('/api/v2/events/a%3Fb/people?limit=2')
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ code: codeOf('not_found') })
  expect(event).toBeUndefined()
})

test('joins repeated query keys by a comma beside the raw query', async () => {
  await ask('/api/v2/events?a=1&a=2&b=&__proto__=x')
  expect(event?.rawQueryString).toBe('a=1&a=2&b=&__proto__=x')
  expect(Object.entries(event?.queryStringParameters ?? {})).toEqual([
    ['a', '1,2'],
    ['b', ''],
    ['__proto__', 'x'],
  ])
})

test('joins repeated headers by a comma, all but cookies', async () => {
  await withHeaders('/api/v2/events', { 'X-Twice': ['one', 'two'], cookie: 'a=1; b=2' })
  expect(event?.headers['x-twice']).toBe('one,two')
  expect(event?.cookies).toEqual(['a=1', 'b=2'])
  expect(event?.headers.cookie).toBeUndefined()
})

test('does not believe a client about its address', async () => {
  await ask('/api/v2/events', { headers: { 'x-forwarded-for': '203.0.113.9' } })
  expect(event?.requestContext.http.sourceIp).toBe('127.0.0.1')
})

test('hands bodies over as base64, all but JSON', async () => {
  const send = (type: string, body: string | Buffer) =>
    ask('/api/v2/events', { method: 'POST', headers: { 'content-type': type }, body })
  await send('application/json; charset=utf-8', '{"name":"Zoë 日本 🎪"}')
  expect(event).toMatchObject({ body: '{"name":"Zoë 日本 🎪"}', isBase64Encoded: false })
  await send('application/merge-patch+json', '{}')
  expect(event).toMatchObject({ body: '{}', isBase64Encoded: false })
  const bytes = Buffer.from([0, 1, 254, 255])
  await send('image/png', bytes)
  expect(event).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true })
  await send('application/x-www-form-urlencoded', 'a=1')
  expect(event).toMatchObject({
    body: Buffer.from('a=1').toString('base64'),
    isBase64Encoded: true,
  })
})

test('sends back all parts of an answer: status, headers, cookies, text', async () => {
  result = {
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
  result = { statusCode: 200, body: bytes.toString('base64'), isBase64Encoded: true }
  expect(Buffer.from(await (await ask('/api/v2/events')).arrayBuffer())).toEqual(bytes)
})

test('takes a result without a status code for a 200 of JSON', async () => {
  result = { hello: 'world' } as APIGatewayProxyResultV2
  const answer = await ask('/api/v2/events')
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(await answer.json()).toEqual({ hello: 'world' })
})

test.each([204, 304])('sends no body with %i', async (status) => {
  result = { statusCode: status, headers: { etag: '"a"' }, body: 'must not go out' }
  const answer = await ask('/api/v2/events')
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-length')).toBeNull()
  expect(await answer.text()).toBe('')
})

test('answers HEAD with the headers alone', async () => {
  result = { statusCode: 200, body: 'twelve bytes' }
  const answer = await ask('/api/v2/events', { method: 'HEAD' })
  expect(event?.requestContext.http.method).toBe('HEAD')
  expect(answer.headers.get('content-length')).toBe('12')
  expect(await answer.text()).toBe('')
})

test('answers a handler that throws with a 500 that tells nothing', async () => {
  result = () => Promise.reject(new Error('the secret reason'))
  const answer = await ask('/api/v2/events')
  expect(answer.status).toBe(500)
  const body = (await answer.json()) as { request_id: string }
  expect(body).toMatchObject({ code: codeOf('internal'), fields: '', errors: [] })
  expect(answer.headers.get('x-request-id')).toBe(body.request_id)
  expect(JSON.stringify(body)).not.toContain('secret')
  expect(String(errors.at(-1))).toContain('the secret reason')
})

test('refuses bodies over 10 MB, declared or not, with 413', async () => {
  const limit = 10 * 1024 * 1024
  const declared = await ask('/api/v2/events', { method: 'POST', body: Buffer.alloc(limit + 1) })
  expect(declared.status).toBe(413)
  expect(await posted(limit + 1)).toBe(413)
  expect(event).toBeUndefined()
})

test('refuses what does not fit into an event of Lambda with 413', async () => {
  const headers = { 'content-type': 'image/png' }
  const body = Buffer.alloc(5 * 1024 * 1024)
  expect((await ask('/api/v2/events', { method: 'POST', headers, body })).status).toBe(413)
})

test('refuses a request line and headers over 10,240 bytes', async () => {
  expect((await ask(`/api/v2/events?ids=${'x'.repeat(11_000)}`)).status).toBe(414)
  expect((await ask('/api/v2/events', { headers: { long: 'x'.repeat(11_000) } })).status).toBe(431)
  expect((await ask('/api/v2/events', { headers: { long: 'x'.repeat(9_000) } })).status).toBe(200)
  const huge = await raw(`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(70_000)}\r\n\r\n`)
  expect(huge).toMatch(/^HTTP\/1\.1 431 /)
  expect(huge).toContain('"code":4310000')
})

test('answers 404 to a broken escape in the path, but hands on one in the query', async () => {
  for (const path of ['/api/v2/events/%E0%A4%A', '/api/v2/%', '/pictures/%ff']) {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).toContain(`"code":${codeOf('not_found')}`)
  }
  expect(event).toBeUndefined()
  await raw('GET /api/v2/events?a=%E0%A4%A HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(event?.rawQueryString).toBe('a=%E0%A4%A')
})

test('answers what HTTP APIs do not route as they do: no HTTP by 400, other methods by 405', async () => {
  expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  const trace = await raw('TRACE /api/v2/events HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(trace).toMatch(/^HTTP\/1\.1 405 /)
  expect(trace).toContain('allow: GET')
})

test('reports each request without its query', async () => {
  await ask('/api/v2/events?token=secret')
  expect(served.at(-1)).toMatchObject({ method: 'GET', path: '/api/v2/events', status: 200 })
  expect(JSON.stringify(served)).not.toContain('secret')
})

test('serves pictures as pictures, never as a page', async () => {
  const { s3 } = await engines()
  const bytes = Buffer.from([255, 216, 255])
  await s3.objects.put('org/evt/picture.jpg', bytes, {
    'content-type': 'image/jpeg',
    'cache-control': 'public, max-age=31536000, no-cache',
  })
  const answer = await ask('/pictures/org/evt/picture.jpg')
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'cache-control': 'public, max-age=31536000, no-cache',
    'x-content-type-options': 'nosniff',
    'content-length': '3',
  })
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
  const head = await ask('/pictures/org/evt/picture.jpg', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  const etag = answer.headers.get('etag') ?? ''
  const again = await ask('/pictures/org/evt/picture.jpg', { headers: { 'if-none-match': etag } })
  expect(again.status).toBe(304)
  expect((await ask('/pictures/org/evt/other.jpg')).status).toBe(404)
  expect((await ask('/pictures/org/evt/picture.jpg', { method: 'PUT' })).status).toBe(405)
  expect(event).toBeUndefined()
})

test('finishes only the requests in flight when it stops', async () => {
  let release = () => {}
  let entered = () => {}
  const inside = new Promise<void>((resolve) => {
    entered = resolve
  })
  const one = await startGateway({
    port: 0,
    objects: (await engines()).s3.objects,
    handlers: new Map([
      [
        'events',
        () =>
          new Promise((resolve) => {
            release = () => resolve({ statusCode: 200, body: 'done' })
            entered()
          }),
      ],
    ]),
  })
  const url = `http://127.0.0.1:${one.port}/api/v2/events`
  const slow = fetch(url)
  await inside
  const stopped = one.stop(5_000)
  await expect(fetch(url)).rejects.toThrow()
  release()
  expect(await (await slow).text()).toBe('done')
  await stopped
})
