import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { expect, test } from 'vitest'
import { handler } from '#functions/people.ts'
import { toEvent } from '#infra/local/event.ts'
import { fitsAnswer } from '#lib/base/answer-size.ts'
import { encoded } from '#lib/http/encoding.ts'
import { call } from '#test/support/call.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'

type Headers = Record<string, string>

async function listing() {
  const at = await freshEvent()
  for (let n = 0; n < 3; n += 1) await makePerson(at)
  const path = `/events/${at.id}/people/resources`
  const ask = (headers: Headers, query = ''): Promise<APIGatewayProxyStructuredResultV2> =>
    handler(
      toEvent({
        method: 'GET',
        url: `/api/v2${path}${query}`,
        headers: Object.entries({ ...headers, authorization: `Bearer ${at.token}` }),
        body: new Uint8Array(),
        sourceIp: '192.0.2.1',
        routeKey: '$default',
      }),
    )
  return { ask, plain: () => call('GET', path, { token: at.token }) }
}

const peopleIn = (text: string) =>
  JSON.parse(text).people_list.map((one: { person_id: string }) => one.person_id)

test.each([
  ['gzip', 'gzip', gunzipSync],
  ['br', 'gzip, deflate, br', brotliDecompressSync],
  ['gzip', 'gzip;q=0.5, br;q=0', gunzipSync],
] as const)('sends a long answer as %s to whoever takes %s', async (name, taken, unpack) => {
  const { ask, plain } = await listing()
  const reply = await ask({ 'accept-encoding': taken })
  expect(reply.headers).toMatchObject({ 'content-encoding': name, vary: 'accept-encoding' })
  expect(reply.isBase64Encoded).toBe(true)
  const text = unpack(Buffer.from(reply.body ?? '', 'base64')).toString()
  expect(peopleIn(text)).toEqual(peopleIn((await plain()).text))
})

test.each(['identity', 'gzip;q=0', ''])('sends it as it is to whoever takes %s', async (taken) => {
  const { ask } = await listing()
  const reply = await ask({ 'accept-encoding': taken })
  expect(reply.headers).not.toHaveProperty('content-encoding')
  expect(peopleIn(reply.body ?? '')).toHaveLength(3)
})

test('knows the tag of a packed answer again', async () => {
  const { ask, plain } = await listing()
  const packed = (await ask({ 'accept-encoding': 'br' })).headers?.etag
  const { etag = '' } = (await plain()).headers
  expect(packed).not.toBe(etag)
  const tags = { 'accept-encoding': 'br', 'if-none-match': String(packed) }
  expect((await ask(tags)).statusCode).toBe(304)
  expect((await ask({ 'if-none-match': etag })).statusCode).toBe(304)
})

test('refuses a page by what is really sent: escaped, or packed', () => {
  const text = JSON.stringify({ text: '"\\'.repeat(1_600_000) })
  const ask = (headers: Headers) => encoded({ headers: new Map(Object.entries(headers)) }, text, {})
  expect(() => ask({})).toThrow(expect.objectContaining({ reason: 'invalid_query' }))
  expect(ask({ 'accept-encoding': 'gzip' }).headers['content-encoding']).toBe('gzip')
})

test('counts six megabytes of bytes as base64 and of text as JSON', () => {
  const most = 6 * 1024 * 1024 - 65_536
  expect(fitsAnswer(new Uint8Array((most / 4) * 3))).toBe(true)
  expect(fitsAnswer(new Uint8Array((most / 4) * 3 + 1))).toBe(false)
  expect(fitsAnswer('x'.repeat(most - 2))).toBe(true)
  expect(fitsAnswer('x'.repeat(most - 1))).toBe(false)
  expect(fitsAnswer('\n'.repeat(most / 2 - 1))).toBe(true)
  expect(fitsAnswer('\n'.repeat(most / 2))).toBe(false)
  expect(fitsAnswer(`\u0001${'x'.repeat(most / 2)}`)).toBe(true)
  expect(fitsAnswer('\u0001'.repeat(Math.ceil(most / 6)))).toBe(false)
})
