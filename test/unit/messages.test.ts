import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { invocation, toEvent } from '#infra/local/event.ts'
import type { Env } from '#lib/http/failure.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { answerOf, headersOf, httpResponse, requestOf } from '#lib/http/messages.ts'

const app = new Hono<Env>()
app.use(async (c, next) => {
  await next()
  headersOf(c).set('x-seen', requestOf(c).url)
})
app.post('*', (c) => {
  const { headers, body } = requestOf(c)
  const type = headers.get('accept') ?? ''
  return answerOf(body, 201, { 'Content-Type': type })
})

const send = (method: string, url: string, headers: [string, string][], body = new Uint8Array()) =>
  lambdaHandler(app)(
    toEvent({ method, url, headers, body, sourceIp: '192.0.2.1', routeKey: '$default' }),
    invocation('one', 'one'),
  )

test.each([
  ['application/json; charset=utf-8', false],
  ['application/problem+json', false],
  ['text/calendar', false],
  ['text/csv', true],
  ['image/png', true],
])('hands a body of %s over as API Gateway takes it', async (accept, isBase64Encoded) => {
  const body = Buffer.from('{"a":"ü"}')
  const headers: [string, string][] = [
    ['Host', 'x'],
    ['Accept', accept],
  ]
  const answer = await send('POST', '/a%23b?c=d%20e', headers, body)
  expect(answer).toEqual({
    statusCode: 201,
    headers: { 'content-type': accept, 'x-seen': 'https://x/a%23b?c=d%20e' },
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  })
})

test('reads no body of GET, and answers HEAD without one', async () => {
  for (const method of ['GET', 'HEAD']) {
    const answer = await send(method, '/', [['host', 'x']], Buffer.from('{}'))
    expect(answer).toMatchObject({ statusCode: 404 })
  }
  expect((await send('HEAD', '/', [['host', 'x']])).body).toBe('')
})

test.each(['a b', 'me@x', 'x:port'])('answers 400 to a host that is none: %s', async (host) => {
  expect((await send('GET', '/', [['host', host]])).statusCode).toBe(400)
})

test.each(['a\nb', 'a\rb', 'a\0', '€'])('refuses to send a header of %j', (value) => {
  expect(() => httpResponse(null, 200, { link: value })).toThrow('The header link cannot be sent.')
})
