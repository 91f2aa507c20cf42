import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Engagement } from '#lib/base/clash.ts'
import { clashesAmong, clashOf, orderOf } from '#lib/model/clashes.ts'

const engaged = fc.record({
  id: fc.constantFrom(...'abcdefgh'),
  what: fc.constant('session' as const),
  name: fc.constant('x'),
  as: fc.constantFrom('speaker', 'attendee', 'meeting') as fc.Arbitrary<Engagement['as']>,
  start: fc.integer({ min: 0, max: 12 }),
  length: fc.integer({ min: 0, max: 6 }),
  isDraft: fc.boolean(),
})

test('finds by one pass over the times what trying every pair finds', () => {
  fc.assert(
    fc.property(fc.uniqueArray(engaged, { selector: ({ id }) => id }), (some) => {
      const all: Engagement[] = some.map(({ length, ...one }) => ({
        ...one,
        end: one.start + length,
      }))
      const everyPair = all.flatMap((one, n) =>
        all.slice(n + 1).flatMap((other) => clashOf('p', one, other) ?? []),
      )
      const found = clashesAmong('p', all)
      expect(found.map(orderOf).toSorted()).toEqual(everyPair.map(orderOf).toSorted())
    }),
    { numRuns: 2_000 },
  )
})

const one = (as: Engagement['as'], more: Partial<Engagement> = {}): Engagement => ({
  id: more.id ?? as,
  what: as === 'meeting' ? 'meeting' : 'session',
  name: '',
  as,
  start: 0,
  end: 10,
  ...more,
})

test.each([
  ['speaker', one('speaker'), one('speaker', { id: 'b' })],
  ['speaker', one('speaker'), one('meeting')],
  ['attendee', one('speaker'), one('attendee')],
  ['attendee', one('attendee'), one('meeting')],
  ['room', one('room'), one('room', { id: 'b' })],
  [undefined, one('attendee', { isDraft: true }), one('meeting')],
  ['speaker', one('speaker', { isDraft: true }), one('meeting')],
  [undefined, one('speaker'), one('speaker', { id: 'b', start: 10, end: 20 })],
])('is a clash of %s', (kind, first, second) => {
  expect(clashOf('p', first, second)?.kind).toBe(kind)
  expect(clashOf('p', second, first)?.kind).toBe(kind)
})
