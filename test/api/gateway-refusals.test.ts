import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { startGateway } from '#infra/local/gateway.ts'
import { codeOf } from '#lib/base/errors.ts'
import { engines } from '#test/support/engines.ts'
import { testGateway } from '#test/support/test-gateway.ts'

const { gateway, seen, forget, ask, raw, posted } = await testGateway()
afterAll(() => gateway.stop(0))
beforeEach(forget)

test('answers a handler that throws with a 500 that tells nothing', async () => {
  seen.result = () => Promise.reject(new Error('the secret reason'))
  const answer = await ask('/api/v2/events')
  expect(answer.status).toBe(500)
  const body = (await answer.json()) as { request_id: string }
  expect(body).toMatchObject({ code: codeOf('internal'), fields: '', errors: [] })
  expect(answer.headers.get('x-request-id')).toBe(body.request_id)
  expect(JSON.stringify(body)).not.toContain('secret')
  expect(String(seen.errors.at(-1))).toContain('the secret reason')
})

test('refuses bodies over 10 MB, declared or not, with 413', async () => {
  const limit = 10 * 1024 * 1024
  const declared = await ask('/api/v2/events', { method: 'POST', body: Buffer.alloc(limit + 1) })
  expect(declared.status).toBe(413)
  expect(await posted(limit + 1)).toBe(413)
  expect(seen.event).toBeUndefined()
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
  expect(seen.event).toBeUndefined()
  await raw('GET /api/v2/events?a=%E0%A4%A HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(seen.event?.rawQueryString).toBe('a=%E0%A4%A')
})

test('answers what HTTP APIs do not route as they do: no HTTP by 400, other methods by 405', async () => {
  expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  const trace = await raw('TRACE /api/v2/events HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(trace).toMatch(/^HTTP\/1\.1 405 /)
  expect(trace).toContain('allow: GET')
})

test('reports each request without its query', async () => {
  await ask('/api/v2/events?token=secret')
  expect(seen.served.at(-1)).toMatchObject({ method: 'GET', path: '/api/v2/events', status: 200 })
  expect(JSON.stringify(seen.served)).not.toContain('secret')
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
  await s3.objects.put('exports/evt/exp/file', bytes, {})
  for (const path of ['/pictures/exports/evt/exp/file', '/pictures/%65xports/evt/exp/file'])
    expect((await ask(path)).status).toBe(404)
  expect(seen.event).toBeUndefined()
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

test('serves the next request on a connection whose body was still coming when it was refused', async () => {
  const socket = connect(gateway.port, '127.0.0.1').setEncoding('utf8')
  let said = ''
  const until = async (sign: RegExp) => {
    while (!sign.test(said)) said += (await once(socket, 'data'))[0]
  }
  socket.write(
    `TRACE /api/v2/events HTTP/1.1\r\nhost: x\r\ncontent-length: 20\r\n\r\n${'x'.repeat(10)}`,
  )
  await until(/^HTTP\/1\.1 405 /)
  socket.write('x'.repeat(10))
  // Longer than a refused sender is given when the connection ends with the answer.
  await sleep(1_200)
  said = ''
  socket.write('GET /api/v2/events HTTP/1.1\r\nhost: x\r\n\r\n')
  await until(/HTTP\/1\.1 200 /)
  socket.destroy()
})
