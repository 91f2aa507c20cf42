import { type Candidate, type Scoring, scoring } from './score.ts'

/** `met` holds `a|b` with a < b, who may not be paired again; `first` the ids left out last time. */
export type RoundRules = { readonly met: ReadonlySet<string>; readonly first: ReadonlySet<string> }

/** A round in numbers: people are places 0…size-1. */
export type Round = {
  readonly size: number
  readonly scoring: Scoring
  readonly allowed: (i: number, j: number) => boolean
  /** What pairing this person is worth beyond the score: more than any scores, for `first`. */
  readonly bonus: (i: number) => number
}

/** The people in their order, with ids turned into places. */
export function roundOf(ordered: readonly Candidate[], options: RoundRules): Round {
  const size = ordered.length
  const scores = scoring(ordered)
  const met = metPlaces(ordered, options.met)
  const bonus = firstBonus(ordered, options.first)
  return {
    size,
    scoring: scores,
    allowed: (i, j) => i !== j && !met.has(i < j ? i * size + j : j * size + i),
    bonus: (i) => bonus[i] ?? 0,
  }
}

/** What the matching adds up: the score, and what is due to those who were left out. */
export function weightOf(round: Round, i: number, j: number): number {
  return round.scoring.score(i, j) + round.bonus(i) + round.bonus(j)
}

function metPlaces(ordered: readonly Candidate[], met: ReadonlySet<string>): Set<number> {
  const places = new Map(ordered.map((person, place) => [person.id, place]))
  const found = new Set<number>()
  for (const key of met) {
    const bar = key.indexOf('|')
    const i = places.get(key.slice(0, bar))
    const j = places.get(key.slice(bar + 1))
    if (i !== undefined && j !== undefined) {
      found.add(Math.min(i, j) * ordered.length + Math.max(i, j))
    }
  }
  return found
}

// More than any whole round can score, so that it outweighs every choice of partners.
const MORE_THAN_A_PAIR = 10_000

function firstBonus(ordered: readonly Candidate[], first: ReadonlySet<string>): number[] {
  return ordered.map((person) => (first.has(person.id) ? MORE_THAN_A_PAIR * ordered.length : 0))
}
