import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Move } from '#test/support/agenda-model/move.ts'
import { move, planOf } from '#test/support/agenda-model/moves.ts'
import { checkState } from '#test/support/agenda-model/state.ts'
import { newWorld, type World } from '#test/support/agenda-model/world.ts'

/** Makes a move in the product and in the model, and holds the one's answer to the other's. */
async function make(world: World, one: Move): Promise<void> {
  const plan = planOf(world, one)
  if (!plan) return
  const reply = await world.at.ask(plan.method, plan.path, plan.body)
  expect(reply.status, `${JSON.stringify(one)}: ${reply.text}`).toBe(plan.status)
  if (plan.status === 200) plan.apply(reply.body)
}

/** Plays moves in a world of their own; the whole state is looked at now and then, and at the end. */
async function play(moves: Move[]): Promise<void> {
  const world = await newWorld()
  for (const [at, one] of moves.entries()) {
    await make(world, one)
    if (at % 250 === 249) await checkState(world)
  }
  await checkState(world)
}

const lanes = 4
const runs = Number(process.env.MODEL_RUNS ?? 6)
const length = 500

test('leaves person and session equal after any sequence of changes to who is in what', {
  timeout: 600_000,
}, async () => {
  const played = await Promise.all(
    [...Array(lanes).keys()].map(async (seed) => {
      let moves = 0
      const sequence = fc.array(move, { minLength: length, maxLength: length, size: 'max' })
      const property = fc.asyncProperty(sequence, async (some) => {
        moves += some.length
        await play(some)
      })
      await fc.assert(property, { seed, numRuns: runs, endOnFailure: true })
      return moves
    }),
  )
  expect(played.reduce((sum, moves) => sum + moves, 0)).toBe(lanes * runs * length)
})
