import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import { newId, newUuid } from '#lib/base/ids.ts'
import { type CountedSet, countedSet, openBuckets } from '#lib/table/buckets.ts'
import { countWrites } from '#lib/table/count-writes.ts'
import { listCounted, total } from '#lib/table/counted.ts'
import type { Key } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import { closeBuckets, forgetShards, spreadWrites, withoutShards } from '#lib/table/shards.ts'
import { transact } from '#lib/table/transact.ts'
import { put, remove } from '#lib/table/writes.ts'
import { contend } from '#test/support/contention.ts'

const scope = () => ({ org: 'org', deadline: Date.now() + 60_000 })
let number = 0

async function freshSet(ids: 'person' | 'uuid', crowds = false): Promise<CountedSet> {
  number += 1
  const name = `test#${process.pid}#${number}`
  const kind = ids === 'person' ? ids : undefined
  const owner = { key: { pk: name, sk: '-' }, gone: 'conflict' } as const
  const buckets: [string, string] = [`${name}#buckets`, 'own']
  const shape = { rows: `${name}#rows`, buckets, owner, crowds, ...(kind && { kind }) }
  const set = countedSet({ ...shape, bits: 2 })
  await transact(scope(), openBuckets(set))
  return set
}

const spreadOut = (set: CountedSet) => transact(scope(), spreadWrites(set))
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

const bucketRows = (set: CountedSet) =>
  queryRows<Key & { ct: number; vr: string }>(scope(), { pk: set.buckets })

test('agrees with a plain set while it is given shards and loses them, whoever has heard of it', async () => {
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.record({ adds: fc.boolean(), from: fc.nat(390) }) },
    { weight: 2, arbitrary: fc.constantFrom('spread', 'gather', 'forget', 'read' as const) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
      const set = await freshSet('person', true)
      const pool = [...Array(400)].map(() => newId('person'))
      const model = new Set<string>()
      for (const one of ['spread', ...steps] as typeof steps) {
        if (one === 'forget') forgetShards()
        else if (one === 'read') await expectPages(set, [...model])
        else if (one === 'spread') await spreadOut(set).catch(() => undefined)
        else if (one === 'gather') {
          const { writes } = withoutShards(await bucketRows(set))
          await transact(scope(), writes)
        } else if (typeof one === 'object') {
          const some = pool
            .slice(one.from, one.from + 45)
            .filter((id) => model.has(id) !== one.adds)
          await (one.adds ? add : drop)(set, some)
          for (const id of some) one.adds ? model.add(id) : model.delete(id)
        }
      }
      await expectPages(set, [...model])
    }),
    { numRuns: 12 },
  )
})

test('gets shards where a crowd meets, and counts all of it', async () => {
  const set = await freshSet('person', true)
  const ids = [...Array(80)].map(() => newId('person'))
  const contention = contend()
  await Promise.all(ids.map((id) => add(set, [id])))
  const met = contention.conflicts()
  contention.end()
  expect(met).toBeGreaterThan(0)
  const rows = await bucketRows(set)
  expect(rows).toHaveLength(4 * 5)
  expect(rows.filter(({ sk, ct }) => sk.includes('.') && ct > 0).length).toBeGreaterThan(3)
  await expectPages(set, ids)
})

test('loses its shards with its buckets, whoever gives it some meanwhile', async () => {
  const set = await freshSet('person', true)
  const close = () => retryOnConflict(scope(), () => transact(scope(), closeBuckets(set)))
  await Promise.all([spreadOut(set).catch(() => undefined), close()])
  expect(await bucketRows(set)).toEqual([])
  await expect(spreadOut(set)).rejects.toThrow()
  await transact(scope(), openBuckets(set))
  await spreadOut(set)
  forgetShards()
  await close()
  expect(await bucketRows(set)).toEqual([])
})
