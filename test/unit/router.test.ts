import fc from 'fast-check'
import { TrieRouter } from 'hono/router/trie-router'
import { expect, test } from 'vitest'
import { segmentRouter } from '#lib/http/router.ts'

const patterns = [
  '/api',
  '/api/events',
  '/api/events/batch',
  '/api/events/:event',
  '/api/events/:event/people',
  '/api/events/:event/people/me',
  '/api/events/:event/people/:person',
  '/api/events/:event/:kind/:person',
  '/',
]
const methods = ['GET', 'POST', 'OPTIONS']

test('finds what Hono’s own router finds, in the same order', () => {
  const [ours, theirs] = [segmentRouter<string>(), new TrieRouter<string>()]
  for (const router of [ours, theirs]) {
    router.add('ALL', '/*', 'before all')
    for (const pattern of patterns) {
      for (const method of [...methods, 'ALL']) router.add(method, pattern, `${method} ${pattern}`)
    }
  }
  // Not `*` and `:event`, which Hono's takes for patterns in an address too.
  const segment = fc.constantFrom('api', 'events', 'people', 'me', 'batch', 'evt_1', '%2F', '')
  const path = fc.array(segment, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`)
  fc.assert(
    fc.property(fc.constantFrom(...methods, 'DELETE'), path, (method, asked) => {
      const found = (router: typeof ours) =>
        router
          .match(method, asked)[0]
          .map(([handler, params]) => [handler, { ...(params as object) }])
      expect(found(ours)).toEqual(found(theirs))
    }),
    { numRuns: 3_000 },
  )
})
