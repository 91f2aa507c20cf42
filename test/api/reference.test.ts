import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { handler } from '#functions/reference.ts'
import { toEvent } from '#infra/local/event.ts'
import { codeOf } from '#lib/base/errors.ts'
import { call } from '#test/support/call.ts'

test.each(['/api/v2', '/api/v2/', '/en/api/v2', '/en/api/v2/'])(
  'serves the page at %s',
  async (path) => {
    const page = await call('GET', path)
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    const prefix = path.replace(/\/$/, '')
    const sources = [...page.text.matchAll(/(?:src|href|data-document)="([^"]+)"/g)].map(
      ([, to]) => to ?? '',
    )
    expect(sources.length).toBeGreaterThanOrEqual(5)
    for (const source of sources) {
      expect(source.startsWith(`${prefix}/`), source).toBe(true)
      expect((await call('GET', source)).status, source).toBe(200)
    }
  },
)

test('can be read before its script runs, and without one', async () => {
  const { text } = await call('GET', '/')
  for (const part of ['<h2>Events and tokens</h2>', '<b>POST</b> /events<', '<b>GET</b> /me<']) {
    expect(text).toContain(part)
  }
})

test('runs only scripts of its own, none of them in the page', async () => {
  const page = await call('GET', '/')
  const policy = page.headers['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toContain('unsafe')
  expect(page.text).not.toMatch(/<script(?![^>]* src=)/)
  expect(page.text).not.toMatch(/\son\w+=|style=/)
})

test('gives the document once, a 304 ever after', async () => {
  const first = await call('GET', '/openapi.json')
  expect(first.body.openapi).toBe('3.1.0')
  expect(first.body.servers.map(({ url }: { url: string }) => url)).toEqual([
    '/api/v2',
    '/en/api/v2',
  ])
  const etag = first.headers.etag ?? ''
  expect(etag).toMatch(/^"[\w-]{20,}"$/)
  const other = await call('GET', '/en/api/v2/openapi.json')
  expect(other.headers.etag).toBe(etag)
  const again = await call('GET', '/openapi.json', { headers: { 'if-none-match': etag } })
  expect(again).toMatchObject({ status: 304, text: '' })
})

test('sends it packed to whoever can unpack it', async () => {
  const headers = { 'accept-encoding': 'br, gzip' }
  const packed = await handler(
    toEvent({
      method: 'GET',
      url: '/api/v2/openapi.json',
      headers: Object.entries(headers),
      body: new Uint8Array(),
      sourceIp: '192.0.2.1',
      routeKey: '$default',
    }),
  )
  const plain = await call('GET', '/openapi.json')
  expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
  expect(packed.isBase64Encoded).toBe(true)
  expect(gunzipSync(Buffer.from(packed.body ?? '', 'base64')).toString()).toBe(plain.text)
  expect(packed.headers?.etag).not.toBe(plain.headers.etag)
})

test('says that it is well', async () => {
  const health = await call('GET', '/health')
  expect(health.body.status).toBe('ok')
  expect((await call('HEAD', '/health')).status).toBe(200)
})

test('serves no file but its parts', async () => {
  const script = await call('GET', '/reference/standalone.esm.js')
  expect(script.headers['cache-control']).toBe('public, max-age=2592000')
  expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
  const icon = await call('GET', '/reference/icon.svg')
  expect(icon.headers['content-type']).toBe('image/svg+xml')
  const chunk = script.text.match(/from"\.\/(chunks\/[^"]+)"/)?.[1]
  expect((await call('GET', `/reference/${chunk}`)).headers['content-type']).toMatch('javascript')
  for (const name of [
    'package.json',
    'index.html',
    '..%2fpackage.json',
    '__proto__',
    'toString',
    'chunks/nothing.js',
    'chunks/..',
  ]) {
    expect((await call('GET', `/reference/${name}`)).status, name).toBe(404)
  }
})

test('answers whatever is nowhere as the house does', async () => {
  for (const path of [
    '/api/v2/nowhere',
    '/en/api/v2/nowhere',
    '/api/v2x/events',
    '/api/v2/reference/',
  ]) {
    const reply = await call('GET', path)
    expect(reply.status, path).toBe(404)
    expect(reply.body).toMatchObject({ code: codeOf('not_found'), fields: '', errors: [] })
    expect(reply.body.request_id).toBe(reply.headers['x-request-id'])
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
    })
  }
  expect((await call('POST', '/health')).headers.allow).toBe('GET, HEAD, OPTIONS')
})
