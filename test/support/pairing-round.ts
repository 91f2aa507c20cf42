import { expect } from 'vitest'
import { metKey, type Pairing } from '#lib/model/pairing/pairing.ts'
import type { Candidate } from '#lib/model/pairing/score.ts'

/** Everybody is there once, nobody meets anybody again. */
export function expectSound(
  people: readonly Candidate[],
  met: ReadonlySet<string>,
  found: Pairing,
) {
  const everybody = [...found.pairs.flat(), ...found.unmatched].sort()
  expect(everybody).toEqual(people.map(({ id }) => id).sort())
  expect(found.pairs.filter(([a, b]) => a >= b || met.has(metKey(a, b)))).toEqual([])
}
