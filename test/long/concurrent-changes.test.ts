import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Move } from '#test/support/agenda-model/move.ts'
import { move, planOf } from '#test/support/agenda-model/moves.ts'
import { checkState, readWorld } from '#test/support/agenda-model/state.ts'
import { newWorld } from '#test/support/agenda-model/world.ts'

const atOnce = 16
const length = 400
const runs = Number(process.env.MODEL_RUNS ?? 5)

/** Makes moves sixteen at a time. Whatever wins, nobody is told of a fault and both sides stay equal. */
async function play(moves: Move[]): Promise<void> {
  const world = await newWorld()
  for (let at = 0; at < moves.length; at += atOnce) {
    const plans = moves.slice(at, at + atOnce).flatMap((one) => planOf(world, one) ?? [])
    const replies = await Promise.all(
      plans.map(({ method, path, body }) => world.at.ask(method, path, body)),
    )
    for (const { status, text } of replies) expect([200, 400, 404, 409], text).toContain(status)
    await readWorld(world)
    if (at % 160 === 0) await checkState(world)
  }
  await checkState(world)
}

test('leaves person and session equal when changes to who is in what race each other', {
  timeout: 600_000,
}, async () => {
  const lanes = [100, 101, 102, 103].map((seed) => {
    const sequence = fc.array(move, { minLength: length, maxLength: length, size: 'max' })
    const property = fc.asyncProperty(sequence, play)
    return fc.assert(property, { seed, numRuns: runs, endOnFailure: true })
  })
  await Promise.all(lanes)
})
