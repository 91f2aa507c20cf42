import type { Round } from './round.ts'
import type { Have, Scoring } from './score.ts'

/** For each person the few who serve best, best first, with what the pair is worth. */
export type Neighbours = { readonly ids: readonly number[]; readonly weights: readonly number[] }[]

// Neighbours kept for each person, of those scored.
const KEPT = 32
const SCORED = 48
// Entries of the index read for one person: what keeps a word that everybody says from costing n².
const READ = 24_000

type Field = 'interests' | 'knows' | 'learn' | 'meet' | 'role'
const SERVES: readonly [wants: Field, has: Field, weight: number][] = [
  ['learn', 'knows', 6],
  ['knows', 'learn', 6],
  ['meet', 'role', 4],
  ['role', 'meet', 4],
  ['interests', 'interests', 4],
]

/**
 * Finds each person's best partners through an index from words to people, without comparing all
 * with all. Time and memory grow with the number of people, not with its square.
 */
export function neighbours({ scoring, allowed, bonus }: Round): Neighbours {
  const index = indexOf(scoring)
  const tally = tallyOf(scoring.readings.length)
  return scoring.readings.map((_, person) => {
    const lists = listsFor(scoring, index, person)
    const cap = Math.ceil(READ / Math.max(1, lists.length))
    for (const { people, weight } of lists) tally.add(people, person, weight, cap)
    const near = tally
      .take(SCORED)
      .filter((other) => other !== person && allowed(person, other))
      .map((other) => ({ other, score: scoring.score(person, other) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, KEPT)
    return {
      ids: near.map(({ other }) => other),
      weights: near.map(({ other, score }) => score + bonus(person) + bonus(other)),
    }
  })
}

type Index = Record<Field, Map<number, number[]>>

function indexOf({ readings }: Scoring): Index {
  const field = (name: Field) => {
    const lists = new Map<number, number[]>()
    readings.forEach((reading, person) => {
      for (const phrase of reading[name].said) {
        const list = lists.get(phrase)
        if (list) list.push(person)
        else lists.set(phrase, [person])
      }
    })
    return lists
  }
  return {
    interests: field('interests'),
    knows: field('knows'),
    learn: field('learn'),
    meet: field('meet'),
    role: field('role'),
  }
}

function listsFor(scoring: Scoring, index: Index, person: number) {
  const reading = scoring.readings[person]
  if (!reading) return []
  return SERVES.flatMap(([wants, has, weight]) => {
    const have: Have = reading[wants]
    return [...have.said].flatMap((phrase) => {
      const people = index[has].get(phrase)
      // A word out of a longer phrase promises little: it only brings its people into the choice.
      return people ? [{ people, weight: have.phrases.has(phrase) ? weight : 1 }] : []
    })
  })
}

/** Counts points per person; `take` gives those with the most, in order of arrival, and resets. */
function tallyOf(size: number) {
  const points = new Int32Array(size)
  let touched: number[] = []
  return {
    // Long lists are read in part, from a place that differs per reader, so that all are found.
    add(people: readonly number[], reader: number, weight: number, cap: number) {
      const length = people.length
      const start = (reader * 7919) % length
      for (let step = 0; step < Math.min(cap, length); step++) {
        const other = people[(start + step) % length] ?? 0
        const before = points[other] ?? 0
        if (before === 0) touched.push(other)
        points[other] = before + weight
      }
    },
    take(count: number): number[] {
      const buckets: number[][] = []
      for (const other of touched) {
        const place = points[other] ?? 0
        const bucket = buckets[place]
        if (bucket) bucket.push(other)
        else buckets[place] = [other]
        points[other] = 0
      }
      touched = []
      const best: number[] = []
      for (let place = buckets.length - 1; place > 0 && best.length <= count; place--) {
        best.push(...(buckets[place] ?? []).slice(0, count + 1 - best.length))
      }
      return best
    },
  }
}
