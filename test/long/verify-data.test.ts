import { afterEach, beforeAll, expect, test } from 'vitest'
import { call } from '#test/support/call.ts'
import { fuzz } from '#test/support/fuzz/run.ts'
import { mutations } from '#test/support/verify-data/mutations.ts'
import { Copy } from '#test/support/verify-data/table.ts'
import { work } from '#test/support/verify-data/workload.ts'
import { linkedWorld, settle } from '#test/support/verify-data/world.ts'
import { mendTable, verifyTable } from '../../scripts/verify-data/run.ts'

const verify = async () => {
  const report = await verifyTable({ segments: 2, pauseMs: 5 })
  return report.proofs.map(({ broken }) => broken)
}

// Longer: VERIFY_TABLES=100 npm test -- --project long verify-data
const seeds = [...Array(Number(process.env.VERIFY_TABLES ?? 2)).keys()]

let table: Copy

beforeAll(async () => {
  await linkedWorld()
  table = await Copy.read()
}, 120_000)

afterEach(() => table.undo())

test('finds nothing wrong where everything is linked', async () => {
  expect(await verify()).toEqual([])
})

test.each(mutations)('notices by the rule $rule: $what', async ({ rule, break: broken }) => {
  await broken(table)
  const found = await verify()
  expect([...new Set(found.map((one) => one.rule))], JSON.stringify(found, null, 1)).toEqual([rule])
})

test('mends everything that follows from documents at once, and is content then', async () => {
  const mendable = mutations.filter(({ mends }) => mends)

  for (const { break: broken } of mendable) await broken(table)
  const { report, mended } = await mendTable({ segments: 2, pauseMs: 5 })
  expect(report.proofs.map(({ broken }) => broken)).toEqual([])
  const rules = (all: { rule: string }[]) => [...new Set(all.map(({ rule }) => rule))].sort()
  expect(rules(mended)).toEqual(rules(mendable))
  await table.restore()
})

test.each(mutations.filter(({ mends }) => !mends))(
  'leaves to somebody to decide: $what',
  async ({ rule, break: broken }) => {
    await broken(table)
    const { report, mended } = await mendTable({ segments: 2, pauseMs: 5 })
    expect(mended).toEqual([])
    expect(new Set(report.proofs.map((proof) => proof.broken.rule))).toEqual(new Set([rule]))
  },
)

test('finds nothing wrong behind requests to all routes by all callers', async () => {
  const seed = 20_270_504
  const onWorld = async () => {
    await settle()
    expect(await verify()).toEqual([])
  }
  await fuzz({ seed, count: 500 * seeds.length, onWorld })
})

test.each(seeds)('finds nothing wrong behind a crowd of clients: %i', async (seed) => {
  const world = await linkedWorld()
  expect(await work(world, seed, 250)).toBeGreaterThan(50)
  await settle()
  expect(await verify()).toEqual([])
  for (const { event } of [world.own, world.sibling]) {
    const { token } = { token: world.tokens.super_admin }
    expect((await call('DELETE', `/events/${event}`, { token })).status).toBe(200)
  }
  await settle()
  expect(await verify()).toEqual([])
})
