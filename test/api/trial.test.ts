import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ApiError } from '#lib/base/errors.ts'
import { transact } from '#lib/table/transact.ts'
import { type Condition, check, put } from '#lib/table/writes.ts'

const scope = () => ({ org: '', deadline: Date.now() + 20_000 })
const key = (n: number) => ({ pk: `trial-${n}`, sk: 's' })

const value = fc.constantFrom<unknown>(undefined, 0, 1, 2, 'a', new Set(['x']))
const name = fc.constantFrom('a', 'b', 'vr')
const condition: fc.Arbitrary<Condition> = fc.record(
  {
    exists: fc.boolean(),
    vr: fc.integer({ min: 0, max: 2 }),
    equals: fc.dictionary(name, value, { maxKeys: 2 }),
    below: fc.constant<[string, string]>(['a', 'b']),
    above: fc.tuple(name, fc.integer({ min: 0, max: 2 })),
    atMost: fc.tuple(name, fc.integer({ min: 0, max: 2 })),
  },
  { requiredKeys: [] },
)
const row = fc.option(
  fc.record(
    {
      a: fc.integer({ min: 0, max: 2 }),
      b: fc.integer({ min: 0, max: 2 }),
      vr: fc.integer({ min: 0, max: 2 }),
    },
    { requiredKeys: [] },
  ),
)

test('a trial says of every condition what the store would', async () => {
  let made = 0
  await fc.assert(
    fc.asyncProperty(row, condition, async (stands, when) => {
      if (Object.keys(when).length === 0 || Object.keys(when.equals ?? { a: 1 }).length === 0)
        return
      made += 1
      const at = key(made)
      if (stands) await transact(scope(), [put({ ...at, ...stands })])
      const outcome = (trial: boolean) =>
        transact({ ...scope(), trial }, [check(at, when, 'changed_meanwhile')]).then(
          () => 'holds',
          (error) => (error instanceof ApiError ? error.reason : Promise.reject(error)),
        )
      expect(await outcome(true)).toBe(await outcome(false))
    }),
    { numRuns: 300 },
  )
})
