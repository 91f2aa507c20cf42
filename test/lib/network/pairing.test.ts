import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pairMany } from '#lib/model/pairing/large.ts'
import {
  EXACT_LIMIT,
  inSeedOrder,
  metKey,
  type Pairing,
  pair,
  pairExactly,
} from '#lib/model/pairing/pairing.ts'
import { roundOf } from '#lib/model/pairing/round.ts'
import { type Candidate, scoring } from '#lib/model/pairing/score.ts'
import { generator, somePeople } from './people.ts'

const fresh = { met: new Set<string>(), first: new Set<string>(), seed: 's' }

/** Every split into pairs and loners, tried: [pairs, people of `first` paired, score] of the best. */
function bestByForce(people: readonly Candidate[], met: Set<string>, first: Set<string>): number[] {
  const { score } = scoring(people)
  const split = (left: number[]): number[] => {
    const [i, ...rest] = left
    if (i === undefined) return [0, 0, 0]
    let best = split(rest)
    for (const j of rest) {
      const [a, b] = [people[i]?.id ?? '', people[j]?.id ?? '']
      if (met.has(metKey(a, b))) continue
      const [pairs = 0, due = 0, sum = 0] = split(rest.filter((k) => k !== j))
      const owed = Number(first.has(a)) + Number(first.has(b))
      const found = [pairs + 1, due + owed, sum + score(i, j)]
      if (better(found, best)) best = found
    }
    return best
  }
  return split([...people.keys()])
}

function better(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, place) => value !== b[place])
  return at !== -1 && (a[at] ?? 0) > (b[at] ?? 0)
}

function expectSound(people: readonly Candidate[], met: ReadonlySet<string>, found: Pairing) {
  const everybody = [...found.pairs.flat(), ...found.unmatched].sort()
  expect(everybody).toEqual(people.map(({ id }) => id).sort())
  expect(found.pairs.filter(([a, b]) => a >= b || met.has(metKey(a, b)))).toEqual([])
}

describe('a round', () => {
  test('is the best there is, for few people, whoever has met and whoever comes first', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 0, max: 8 }), (seed, size) => {
        const draw = generator(seed)
        const people = somePeople(size, seed)
        const keys = people.flatMap((a) => people.map((b) => metKey(a.id, b.id)))
        const met = new Set(keys.filter(() => draw() < 0.4))
        const first = new Set(people.filter(() => draw() < 0.3).map(({ id }) => id))
        const found = pair(people, { met, first, seed: 's' })
        expectSound(people, met, found)
        const due = found.pairs.flat().filter((id) => first.has(id)).length
        expect([found.pairs.length, due, found.score]).toEqual(bestByForce(people, met, first))
      }),
      { numRuns: 200 },
    )
  })

  test('does not depend on the order in which people are given', () => {
    const people = somePeople(61, 4)
    expect(pair([...people].reverse(), fresh)).toEqual(pair(people, fresh))
  })

  test('another seed changes partners at most, never what the round is worth', () => {
    const people = somePeople(60, 5)
    const scores = ['a', 'b', 'c', 'd'].map((seed) => pair(people, { ...fresh, seed }).score)
    expect(new Set(scores).size).toBe(1)
  })

  test('leaves nobody out twice running when the number is odd', () => {
    const people = somePeople(21, 6)
    const met = new Set<string>()
    let first = new Set<string>()
    for (let round = 0; round < 8; round++) {
      const found = pair(people, { met, first, seed: `${round}` })
      expect(found.unmatched).toHaveLength(1)
      expect(found.unmatched.filter((id) => first.has(id))).toEqual([])
      for (const [a, b] of found.pairs) met.add(metKey(a, b))
      first = new Set(found.unmatched)
    }
  })

  test('of nobody, and of one, is no error', () => {
    expect(pair([], fresh)).toEqual({ pairs: [], unmatched: [], score: 0 })
    expect(pair(somePeople(1, 1), fresh).unmatched).toHaveLength(1)
  })

  test('leaves all out when everybody has met everybody', () => {
    const people = somePeople(4, 1)
    const met = new Set(people.flatMap((a) => people.map((b) => metKey(a.id, b.id))))
    expect(pair(people, { ...fresh, met }).unmatched).toHaveLength(4)
  })

  test('120 people have ten rounds without one repeated pair', () => {
    const people = somePeople(120, 7)
    const met = new Set<string>()
    for (let round = 0; round < 10; round++) {
      const found = pair(people, { met, first: new Set(), seed: `${round}` })
      expectSound(people, met, found)
      expect(found.pairs).toHaveLength(60)
      for (const [a, b] of found.pairs) met.add(metKey(a, b))
    }
    expect(met.size).toBe(600)
  })
})

describe('a round of more people than can be weighed pair by pair', () => {
  test('comes within a hundredth of the optimum where that is known, ten rounds on end', () => {
    const people = inSeedOrder(somePeople(120, 8), 's')
    const met = new Set<string>()
    for (let count = 0; count < 10; count++) {
      const round = roundOf(people, { met, first: new Set() })
      const worth = (mates: Int32Array) =>
        mates.reduce((sum, j, i) => sum + (j > i ? round.scoring.score(i, j) : 0), 0)
      const found = pairMany(round)
      expect(found.includes(-1)).toBe(false)
      expect(worth(found) / worth(pairExactly(round))).toBeGreaterThanOrEqual(0.99)
      for (const [i, j] of found.entries()) {
        met.add(metKey(people[i]?.id ?? '', people[j]?.id ?? ''))
      }
    }
  })

  test('pairs all but one, repeats nobody, and takes those who were left out first', () => {
    const people = somePeople(EXACT_LIMIT + 201, 9)
    const met = new Set<string>()
    let first = new Set<string>()
    for (let round = 0; round < 4; round++) {
      const found = pair(people, { met, first, seed: `${round}` })
      expectSound(people, met, found)
      expect(found.unmatched).toHaveLength(1)
      expect(found.unmatched.filter((id) => first.has(id))).toEqual([])
      for (const [a, b] of found.pairs) met.add(metKey(a, b))
      first = new Set(found.unmatched)
    }
  })

  test('does not depend on the order in which people are given', () => {
    const people = somePeople(EXACT_LIMIT + 100, 10)
    expect(pair([...people].reverse(), fresh)).toEqual(pair(people, fresh))
  })

  test('pairs people who have nothing in common, next time the one who was left out too', () => {
    const people = somePeople(EXACT_LIMIT + 1, 11).map(silent)
    const { unmatched } = pair(people, fresh)
    expect(unmatched).toHaveLength(1)
    const again = pair(people, { ...fresh, first: new Set(unmatched) })
    expect(again.unmatched).toHaveLength(1)
    expect(again.unmatched).not.toEqual(unmatched)
  })

  test('opens other pairs for those who are left and have all met each other', () => {
    const people = somePeople(EXACT_LIMIT + 2, 12).map(silent)
    const circle = people.slice(0, 190).map(({ id }) => id)
    const met = new Set(circle.flatMap((a) => circle.map((b) => metKey(a, b))))
    const found = pair(people, { ...fresh, met })
    expectSound(people, met, found)
    expect(found.unmatched).toEqual([])
  })
})

function silent(person: Candidate): Candidate {
  return { ...person, interests: [], knows: [], wantsToLearn: [], wantsToMeet: [], title: '' }
}
