import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closeEnd, type Segment } from '#lib/table/open-end.ts'
import {
  countIn,
  cutGrown,
  lastSegment,
  listOrdered,
  type OrderedCount,
  openSegments,
  readSegments,
  segmentsOf,
  segmentsTotal,
} from '#lib/table/ordered-count.ts'
import { queryRows } from '#lib/table/query.ts'
import { retryOnConflict, VersionConflict } from '#lib/table/retry.ts'
import type { Scope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { put, remove } from '#lib/table/writes.ts'
import { contend } from '#test/support/contention.ts'

const freshTally = async (): Promise<{ scope: Scope; tally: OrderedCount }> => {
  const pk = `tally-${randomBytes(8).toString('hex')}`
  const scope = { org: 'org', deadline: Date.now() + 60_000 }
  const tally = { rows: `${pk}#R`, segments: `${pk}#S` }
  await transact(scope, [openSegments(tally)])
  return { scope, tally }
}

const add = (scope: Scope, tally: OrderedCount, sks: string[]) =>
  retryOnConflict(scope, async () => {
    const known = await segmentsOf(scope, tally, sks)
    if (known.length === 0) throw new Error('closed')
    const rows = sks.map((sk) => put({ pk: tally.rows, sk }))
    await transact(scope, [...rows, ...countIn(tally, known, sks)])
    await cutGrown(scope, tally, known, sks)
  })

const parts = (sks: string[]) =>
  [...Array(Math.ceil(sks.length / 40)).keys()].map((n) => sks.slice(n * 40, n * 40 + 40))

/** Opens the shards of the end, as a crowd does. */
async function spreadEnd(scope: Scope, tally: OrderedCount): Promise<void> {
  const last = await lastSegment(scope, tally)
  const [count] = countIn(tally, last ? [last] : [], [last?.sk ?? ''])
  await transact(scope, count?.inCrowd?.open() ?? [])
}

test.each([
  ['', async () => undefined],
  [' that a crowd has met on', spreadEnd],
])('pages keys of any order or density%s as a plain sorted list would', async (_, prepare) => {
  const key = fc.integer({ min: 0, max: 3000 })
  const crowded = fc.integer({ min: 1000, max: 1400 })
  const some = fc.uniqueArray(fc.oneof(key, crowded), { minLength: 900, maxLength: 1500 })
  const offsets = fc.array(fc.integer({ min: 0, max: 1600 }), { minLength: 5, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(some, offsets, async (numbers, wanted) => {
      const { scope, tally } = await freshTally()
      await prepare(scope, tally)
      const sks = numbers.map((n) => String(n).padStart(6, '0'))
      for (const part of parts(sks)) await add(scope, tally, part)
      const sorted = [...sks].sort()
      for (const offset of wanted) {
        const page = await listOrdered<{ sk: string }>(scope, tally, { limit: 10, offset })
        expect(page.total).toBe(sorted.length)
        expect(page.rows.map(({ sk }) => sk)).toEqual(sorted.slice(offset, offset + 10))
      }
      const segments = await readSegments(scope, tally)
      const most = segments.at(-1)?.sh ? 800 : 440
      expect(Math.max(...segments.map(({ ct }) => ct))).toBeLessThanOrEqual(most)
      segments.slice(1).forEach(({ sk }, n) => void expect(sk).toBe(segments[n]?.up))
    }),
    { numRuns: 3, seed: 11 },
  )
})

test('stays exact while segments are cut among many who add at once', async () => {
  const { scope, tally } = await freshTally()
  const sks = [...Array(1200).keys()].map((n) => String((n * 7919) % 10_007).padStart(6, '0'))
  await Promise.all(parts(sks).map((part) => add(scope, tally, part)))
  const { total, rows } = await listOrdered(scope, tally, { limit: 1000, offset: 700 })
  expect([total, rows.length]).toEqual([1200, 500])
  expect((await readSegments(scope, tally)).length).toBeGreaterThan(1)
})

test('counts a crowd at the end in any of sixteen rows, and cuts them into segments when it is over', async () => {
  const { scope, tally } = await freshTally()
  const sks = [...Array(900).keys()].map((n) => String(n).padStart(6, '0'))
  const contention = contend()
  await Promise.all(sks.slice(0, 60).map((sk) => add(scope, tally, [sk])))
  contention.end()
  const counted = () => queryRows<Segment & { of?: string }>(scope, { pk: tally.segments })
  const shards = (await counted()).filter(({ of }) => of !== undefined)
  expect(shards).toHaveLength(15)
  expect(shards.filter(({ ct }) => ct > 0).length).toBeGreaterThan(2)
  expect(segmentsTotal(await readSegments(scope, tally))).toBe(60)
  await Promise.all(parts(sks.slice(60)).map((part) => add(scope, tally, part)))
  for (const offset of [850, 850, 399, 0, 60, 880]) {
    const { total, rows } = await listOrdered<{ sk: string }>(scope, tally, { limit: 20, offset })
    expect(total).toBe(900)
    expect(rows.map(({ sk }) => sk)).toEqual(sks.slice(offset, offset + 20))
  }
  expect((await readSegments(scope, tally)).length).toBeGreaterThan(1)
  expect(new Set((await counted()).flatMap(({ of }) => of ?? []))).toEqual(
    new Set([(await lastSegment(scope, tally))?.sk]),
  )
})

test('takes nothing at the end of a set that was closed there', async () => {
  const { scope, tally } = await freshTally()
  await spreadEnd(scope, tally)
  const known = await segmentsOf(scope, tally, ['5'])
  await transact(scope, closeEnd(tally.segments, await lastSegment(scope, tally)))
  for (let n = 0; n < 20; n += 1) {
    const late = transact(scope, countIn(tally, known, ['5']))
    await expect(late).rejects.toBeInstanceOf(VersionConflict)
  }
  expect(await queryRows(scope, { pk: tally.segments })).toEqual([])
})

test('takes no row into a segment that is no more', async () => {
  const { scope, tally } = await freshTally()
  const known = await segmentsOf(scope, tally, ['5'])
  const moved = known.map((segment) => ({ ...segment, up: '4' }))
  const late = transact(scope, countIn(tally, moved, ['3']))
  await expect(late).rejects.toBeInstanceOf(VersionConflict)
  await transact(scope, [remove({ pk: tally.segments, sk: '!' })])
  await expect(transact(scope, countIn(tally, known, ['5']))).rejects.toBeInstanceOf(
    VersionConflict,
  )
  expect(segmentsTotal(await readSegments(scope, tally))).toBe(0)
})
