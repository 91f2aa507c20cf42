import { expect, test } from 'vitest'
import { call } from '#test/support/call.ts'

test.each(['/api/v2/console', '/en/api/v2/console'])('serves the console at %s', async (path) => {
  const page = await call('GET', path)
  expect(page.status).toBe(200)
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, to]) => to ?? '')
  expect(sources.length).toBeGreaterThan(3)
  for (const source of sources) {
    expect(source.startsWith(path.replace('console', '')), source).toBe(true)
    expect((await call('GET', source)).status, source).toBe(200)
  }
})

test('runs its own script alone, and sends nothing to anybody else', async () => {
  const { headers, text } = await call('GET', '/console')
  const policy = headers['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("connect-src 'self';")
  expect(policy).not.toContain('unsafe')
  expect(text).not.toMatch(/<script(?![^>]* src=)|\son\w+=|style=/)
})

test('keeps the script for long under a name that changes with it, and under no other', async () => {
  const { text } = await call('GET', '/console')
  const [, script = ''] = text.match(/console\/(console-[\w-]+\.js)/) ?? []
  const answer = await call('GET', `/console/${script}`)
  expect(answer.headers['cache-control']).toBe('public, max-age=2592000')
  const packed = await call('GET', `/console/${script}`, {
    headers: { 'accept-encoding': 'gzip' },
  })
  expect(packed.bytes.length).toBeLessThan(150 * 1024)
  for (const name of ['console.js', 'console-.js', 'main.tsx', '..%2fpackage.json', '__proto__']) {
    expect((await call('GET', `/console/${name}`)).status, name).toBe(404)
  }
})
