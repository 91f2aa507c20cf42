import { describe, expect, test } from 'vitest'
import { pairMany } from '#lib/model/pairing/large.ts'
import { EXACT_LIMIT, inSeedOrder, metKey, pair, pairExactly } from '#lib/model/pairing/pairing.ts'
import { roundOf } from '#lib/model/pairing/round.ts'
import type { Candidate } from '#lib/model/pairing/score.ts'
import { somePeople } from '#test/support/pairing-people.ts'
import { expectSound } from '#test/support/pairing-round.ts'

const fresh = { met: new Set<string>(), first: new Set<string>(), seed: 's' }

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

  test('pairs all but one in every round, a different one each time', () => {
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

  test('pairs people who have nothing in common, first the one who was left out before', () => {
    const people = somePeople(EXACT_LIMIT + 1, 11).map(silent)
    const { unmatched } = pair(people, fresh)
    expect(unmatched).toHaveLength(1)
    const again = pair(people, { ...fresh, first: new Set(unmatched) })
    expect(again.unmatched).toHaveLength(1)
    expect(again.unmatched).not.toEqual(unmatched)
  })

  test('opens pairs for those who are left over among people they have met', () => {
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
