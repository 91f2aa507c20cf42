import { createHash } from 'node:crypto'
import { pairMany } from './large.ts'
import { type Edge, heaviestMatching, type Mates } from './matching.ts'
import { type Round, type RoundRules, roundOf, weightOf } from './round.ts'
import type { Candidate } from './score.ts'

/** The seed only breaks ties. */
export type PairingOptions = RoundRules & { readonly seed: string }

/** Pairs with the lower id first, in order; who stays alone; the sum of the pairs' scores. */
export type Pairing = { pairs: [string, string][]; unmatched: string[]; score: number }

/** Up to here every possible pair is weighed; above, each person's nearest. */
export const EXACT_LIMIT = 400

/** The key of two people in `met`. */
export function metKey(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`
}

/**
 * Pairs the people of one round: as many pairs as can be without repeating one; of those choices
 * the ones that leave out fewest of `first`; of those the one with the highest sum of scores.
 * The order of `people` makes no difference.
 */
export function pair(people: readonly Candidate[], options: PairingOptions): Pairing {
  const ordered = inSeedOrder(people, options.seed)
  const round = roundOf(ordered, options)
  const mates = ordered.length <= EXACT_LIMIT ? pairExactly(round) : pairMany(round)
  return pairingOf(ordered, round, mates)
}

/** The optimum over all allowed pairs. */
export function pairExactly(round: Round): Mates {
  const edges: Edge[] = []
  for (let i = 0; i < round.size; i++) {
    for (let j = i + 1; j < round.size; j++) {
      if (round.allowed(i, j)) edges.push([i, j, weightOf(round, i, j)])
    }
  }
  return heaviestMatching(round.size, edges)
}

/** An order that depends on the seed and the ids alone: all ties further on fall by it. */
export function inSeedOrder(people: readonly Candidate[], seed: string): Candidate[] {
  const keyed = people.map((person) => {
    const hash = createHash('sha256').update(`${seed}\n${person.id}`).digest('hex')
    return { person, key: `${hash}${person.id}` }
  })
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ person }) => person)
}

function pairingOf(ordered: readonly Candidate[], round: Round, mates: Mates): Pairing {
  const pairing: Pairing = { pairs: [], unmatched: [], score: 0 }
  for (const [i, person] of ordered.entries()) {
    const j = mates[i] ?? -1
    const mate = ordered[j]
    if (!mate) pairing.unmatched.push(person.id)
    else if (person.id < mate.id) {
      pairing.pairs.push([person.id, mate.id])
      pairing.score += round.scoring.score(i, j)
    }
  }
  pairing.pairs.sort(([a], [b]) => (a < b ? -1 : 1))
  pairing.unmatched.sort()
  return pairing
}
