import { expect, test } from 'vitest'
import { chaos } from '#test/support/chaos/run.ts'
import { writeRoutes } from '#test/support/kills/world.ts'

// Longer: CHAOS_SECONDS=600 CHAOS_SEED=7 npm run chaos
const seconds = Number(process.env.CHAOS_SECONDS ?? 12)
const seed = Number(process.env.CHAOS_SEED ?? 20_270_504)

test('shows at the end what every client was answered, whatever fails and is killed meanwhile', async () => {
  const { findings, moves, kills, faults, routes } = await chaos({ seed, seconds })
  expect(findings).toEqual([])
  expect(writeRoutes.map(({ id }) => id).filter((id) => !routes.includes(id))).toEqual([])
  expect(moves).toBeGreaterThan(50)
  expect(kills).toBeGreaterThan(0)
  expect(Object.values(faults).length).toBeGreaterThan(4)
}, 600_000)
