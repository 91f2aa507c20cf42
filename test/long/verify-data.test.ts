import { afterEach, beforeAll, expect, test } from 'vitest'
import { mutations } from '#test/support/verify-data/mutations.ts'
import { Copy } from '#test/support/verify-data/table.ts'
import { linkedWorld } from '#test/support/verify-data/world.ts'
import { verifyTable } from '../../scripts/verify-data/run.ts'

const verify = async () => {
  const report = await verifyTable({ segments: 2, pauseMs: 5 })
  return report.proofs.map(({ broken }) => broken)
}

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
