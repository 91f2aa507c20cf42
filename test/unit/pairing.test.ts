import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { metKey, pair } from '#lib/model/pairing/pairing.ts'
import { type Candidate, scoring } from '#lib/model/pairing/score.ts'
import { generator, somePeople } from '#test/support/pairing-people.ts'
import { expectSound } from '#test/support/pairing-round.ts'

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

describe('a round', () => {
  test('is the best there is for few people, whatever was before', () => {
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

  test('of nobody or of one is no error', () => {
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
