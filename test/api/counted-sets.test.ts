import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import { newId, newUuid } from '#lib/base/ids.ts'
import { type CountedSet, countedSet, countWrites, openBuckets } from '#lib/table/buckets.ts'
import { listCounted, total } from '#lib/table/counted.ts'
import { transact } from '#lib/table/transact.ts'
import { put, remove } from '#lib/table/writes.ts'

const scope = () => ({ org: 'org', deadline: Date.now() + 60_000 })
let number = 0

async function freshSet(ids: 'person' | 'uuid'): Promise<CountedSet> {
  number += 1
  const name = `test#${process.pid}#${number}`
  const kind = ids === 'person' ? ids : undefined
  const owner = { key: { pk: name, sk: '-' }, gone: 'conflict' } as const
  const buckets: [string, string] = [`${name}#buckets`, 'own']
  const set = countedSet({ rows: `${name}#rows`, buckets, bits: 2, owner, ...(kind && { kind }) })
  await transact(scope(), openBuckets(set))
  return set
}

const add = (set: CountedSet, ids: string[]) =>
  transact(scope(), [
    ...ids.map((sk) => put({ pk: set.rows, sk }, { exists: false }, 'conflict')),
    ...countWrites(
      set,
      ids.map((id) => ({ id, by: 1 })),
    ),
  ])
const drop = (set: CountedSet, ids: string[]) =>
  transact(scope(), [
    ...ids.map((sk) => remove({ pk: set.rows, sk }, { exists: true }, 'conflict')),
    ...countWrites(
      set,
      ids.map((id) => ({ id, by: -1 })),
    ),
  ])

async function expectPages(set: CountedSet, ids: string[], without: string[] = []): Promise<void> {
  const sorted = ids.filter((id) => !without.includes(id)).sort()
  for (const offset of [
    0,
    1,
    17,
    Math.floor(sorted.length / 2),
    sorted.length - 1,
    sorted.length + 5,
  ]) {
    if (offset < 0) continue
    const page = await listCounted<{ sk: string }>(scope(), set, { limit: 20, offset, without })
    expect(page.total).toBe(sorted.length)
    expect(
      page.rows.map(({ sk }) => sk),
      `offset ${offset}`,
    ).toEqual(sorted.slice(offset, offset + 20))
  }
}

test.each(['person', 'uuid'] as const)(
  'gives any page of a changing set of %s ids exactly, in buckets or not',
  async (kind) => {
    const set = await freshSet(kind)
    const draw = () => (kind === 'person' ? newId('person') : newUuid())
    const ids = [...Array(700)].map(draw)
    for (const [n, some] of chunks(ids, 60).entries()) {
      await add(set, some)
      // Reading now and then lets some shelves grow drawers while others have none.
      if (n % 4 === 0) await expectPages(set, ids.slice(0, (n + 1) * 60))
    }
    await expectPages(set, ids)
    const gone = ids.filter((_, n) => n % 3 === 0)
    for (const some of chunks(gone, 60)) await drop(set, some)
    const left = ids.filter((_, n) => n % 3 !== 0)
    await expectPages(set, left)
    await expectPages(set, left, [left[3] ?? '', left[200] ?? '', draw()])
  },
)

test('keeps its count when a hundred writers meet on one shelf', async () => {
  const set = await freshSet('person')
  const ids = [...Array(100)].map(() => newId('person'))
  await Promise.all(ids.map((id) => add(set, [id])))
  expect(await total(scope(), set)).toBe(100)
})

test('agrees with a plain set after any sequence of changes', async () => {
  const change = fc.record({ adds: fc.boolean(), which: fc.nat(40) })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 25 }), async (changes) => {
      const set = await freshSet('person')
      const pool = [...Array(41)].map(() => newId('person'))
      const model = new Set<string>()
      for (const { adds, which } of changes) {
        const id = pool[which] ?? ''
        if (adds === model.has(id)) continue
        await (adds ? add : drop)(set, [id])
        if (adds) model.add(id)
        else model.delete(id)
      }
      await expectPages(set, [...model])
    }),
    { numRuns: 12 },
  )
})
