import { expect, test } from 'vitest'
import { codeOf, errorNames, messageOf } from '#lib/base/errors.ts'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'

const linksIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/href="([^"]+)"/g)].map(([, to = '']) => to)),
]

test.each(['/api/v2', '/en/api/v2'])(
  'leads from %s to every guide and error, and from each to nothing that is not there',
  async (prefix) => {
    const seen = new Map<string, string>()
    const open = linksIn((await call('GET', `${prefix}/`)).text)
    for (let to = open.pop(); to !== undefined; to = open.pop()) {
      if (seen.has(to)) continue
      expect(to.startsWith(`${prefix}/`), to).toBe(true)
      const answer = await call('GET', to)
      expect(answer.status, to).toBe(200)
      seen.set(to, answer.text)
      if (/\/(guides|errors)\//.test(to)) open.push(...linksIn(answer.text))
    }
    for (const name of errorNames) {
      const page = seen.get(`${prefix}/reference/errors/${codeOf(name)}`) ?? ''
      expect(page, name).toContain(messageOf(name))
      expect(page, name).toMatch(/What to do<\/h2>\s*<p>/)
    }
    const guides = [...seen.keys()].filter((to) => to.includes('/guides/'))
    expect(guides.length).toBeGreaterThanOrEqual(8)
    for (const to of guides.filter((one) => !/limits$/.test(one))) {
      expect(seen.get(to), to).toMatch(/language-ts[\s\S]*language-python/)
    }
    expect(seen.get(`${prefix}/reference/guides/limits`)).toContain('idempotencyKeyLength')
  },
)

test('runs nothing on a guide, keeps it conditional, and knows no other', async () => {
  const page = await call('GET', '/reference/guides/retries')
  expect(page.headers['content-security-policy']).not.toContain('script-src')
  expect(page.text).not.toMatch(/<script|style="|\son\w+=/)
  const headers = { 'if-none-match': page.headers.etag ?? '' }
  expect((await call('GET', '/reference/guides/retries', { headers })).status).toBe(304)
  for (const path of ['guides/none', 'errors/1', 'guides/toString', 'guides/..%2Ffile']) {
    expectError(await call('GET', `/reference/${path}`), 'not_found')
  }
})
