import { expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import { drawn, kills } from '#test/support/kills/run.ts'
import { writeRoutes } from '#test/support/kills/world.ts'

// Whoever is killed says so.
setLogSink(() => undefined)

test('knows a request of every route that writes', () => {
  const known = new Set(drawn({ seed: 1 }).map(([{ id }]) => id))
  expect(writeRoutes.filter(({ id }) => !known.has(id))).toEqual([])
})

// `npm run kills` goes through all of them.
test('leaves a write whole or not at all wherever it is killed, and ends it once it is repeated', async () => {
  const seed = Number(process.env.KILLS_SEED ?? 20_270_504)
  const { findings, kills: count } = await kills({ seed, seconds: 25 })
  expect(findings).toEqual([])
  expect(count).toBeGreaterThan(0)
}, 120_000)
