import { afterEach, beforeAll, expect, test } from 'vitest'
import { call } from '#test/support/call.ts'
import { inject, reset } from '#test/support/faults.ts'
import { formerEvent } from '#test/support/former.ts'
import { fuzz } from '#test/support/fuzz/run.ts'
import { operate } from '#test/support/operator.ts'
import { mutations } from '#test/support/verify-data/mutations.ts'
import { Copy } from '#test/support/verify-data/table.ts'
import { work } from '#test/support/verify-data/workload.ts'
import { linkedWorld, settle } from '#test/support/verify-data/world.ts'
import type { Row } from '../../scripts/verify-data/facts.ts'
import { allObjects, useObjects } from '../../scripts/verify-data/objects.ts'
import { mendTable, verifyTable } from '../../scripts/verify-data/run.ts'

const verify = async () => {
  const report = await verifyTable({ segments: 2, pauseMs: 5 })
  return report.proofs.map(({ broken }) => broken)
}

// Longer: VERIFY_TABLES=100 VERIFY_SEED=0 npm test -- --project long verify-data
const firstSeed = Number(process.env.VERIFY_SEED ?? 0)
const seeds = [...Array(Number(process.env.VERIFY_TABLES ?? 2)).keys()].map((n) => n + firstSeed)

let table: Copy

beforeAll(async () => {
  await linkedWorld()
  table = await Copy.read()
}, 120_000)

afterEach(() => table.undo())

test('finds nothing wrong where everything is linked', async () => {
  expect(await verify()).toEqual([])
})

test('reads on where the store was away for a while', async () => {
  const fault = inject({ command: 'ScanCommand', when: 'before', times: 12, error: reset })
  try {
    expect(await verify()).toEqual([])
    expect(fault.met()).toBe(12)
  } finally {
    fault.end()
  }
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

test('notices a picture without its object, and an object that is nobody’s', async () => {
  const objects = async () => {
    const all: Row[] = []
    for await (const row of allObjects()) all.push(row)
    return new Map(all.map(({ sk, modified }) => [sk, Number(modified)]))
  }
  useObjects('bucket')
  try {
    expect(await verify()).toEqual([])
    const there = await objects()
    const [lost = ''] = there.keys()
    const old = Date.now() - 2 * 3_600_000
    const nobodys = lost.replace(/[0-9a-f]{32}/, 'f'.repeat(32))
    there.delete(lost)
    there.set(nobodys, old).set(`${nobodys}-thumb`, Date.now())
    useObjects(there)
    const found = await verify()
    expect(found.map(({ rule, key }) => `${rule} ${key}`)).toEqual(
      [lost, nobodys].map((key) => `object ${key}`).sort(),
    )
  } finally {
    useObjects('none')
  }
})

test('says what is broken, mends it when it is told to, and is content then', async () => {
  const { pk, sk } = table.one(/#M#/)
  await table.drop({ pk, sk })
  const args = ['scripts/verify-data.ts', '--pause', '5']
  const here = { DYNAMODB_ENDPOINT: process.env.DYNAMODB_ENDPOINT ?? '', TABLE_NAME: 'plenary' }
  const told = await operate(args, here)
  expect(told.out).toContain(`email  ${pk} ${sk}\n`)
  expect(told.out).toContain('--repair mends 1 of them.')
  expect(told.code).toBe(1)
  const mended = await operate([...args, '--repair', '--json'], here)
  expect(JSON.parse(mended.out)).toMatchObject({ broken: [], mended: [{ rule: 'email' }] })
  expect(mended.code).toBe(0)
  const last = await operate(args, here)
  expect(last.out).toMatch(/^0 broken of \d+ rows, read once /)
  expect(last.code).toBe(0)
})

test('finds nothing wrong with an event of a version before, when its work is taken over', async () => {
  await formerEvent()
  await settle()
  expect(await verify()).toEqual([])
})

test('finds nothing wrong behind requests to all routes by all callers', async () => {
  const seed = 20_270_504
  const onWorld = async () => {
    await settle()
    expect(await verify()).toEqual([])
  }
  await fuzz({ seed, count: 250 * seeds.length, onWorld })
})

test.each(seeds)('finds nothing wrong behind a crowd of clients: %i', async (seed) => {
  const world = await linkedWorld()
  const working = work(world, seed, 250)
  // Words of people come by the stream, which nobody follows just now.
  const meanwhile = await verifyTable({ segments: 2, pauseMs: 300, skip: ['words'] })
  expect(meanwhile.proofs.map(({ broken }) => broken)).toEqual([])
  expect(await working).toBeGreaterThan(50)
  await settle()
  expect(await verify()).toEqual([])
  for (const { event } of [world.own, world.sibling]) {
    const { token } = { token: world.tokens.super_admin }
    expect((await call('DELETE', `/events/${event}`, { token })).status).toBe(200)
  }
  await settle()
  expect(await verify()).toEqual([])
})
