import { pairMany } from '#lib/model/pairing/large.ts'
import { inSeedOrder, metKey, pair, pairExactly } from '#lib/model/pairing/pairing.ts'
import { type Round, roundOf } from '#lib/model/pairing/round.ts'
import { somePeople } from '#test/support/pairing-people.ts'

/** `value` is to be at most `limit`. */
export type PairingResult = { name: string; value: number; limit: number; unit: string }

/**
 * Rounds of 400 people against the exact optimum, and of 10,000 against a sum that no round can
 * exceed. Times are CPU seconds of this process; the bound takes most of the run.
 */
export async function pairingBench(): Promise<PairingResult[]> {
  return [...tenRounds(400), ...againstOptimum(400), ...oneLargeRound(10_000)]
}

function tenRounds(size: number): PairingResult[] {
  const people = somePeople(size, 1)
  const met = new Set<string>()
  let slowest = 0
  let missing = 0
  for (let round = 0; round < 10; round++) {
    const before = seconds()
    const { pairs } = pair(people, { met, first: new Set(), seed: `${round}` })
    slowest = Math.max(slowest, seconds() - before)
    for (const [a, b] of pairs) met.add(metKey(a, b))
    missing += size / 2 - pairs.length
  }
  const repeated = 10 * (size / 2) - missing - met.size
  return [
    { name: `${size} people, slowest of ten rounds`, value: slowest, limit: 8, unit: 's' },
    {
      name: `${size} people, ten rounds, repeated pairs`,
      value: repeated,
      limit: 0,
      unit: 'pairs',
    },
    { name: `${size} people, ten rounds, missing pairs`, value: missing, limit: 0, unit: 'pairs' },
  ]
}

function againstOptimum(size: number): PairingResult[] {
  let most = 0
  for (let seed = 1; seed <= 10; seed++) {
    const people = inSeedOrder(somePeople(size, seed), `${seed}`)
    const round = roundOf(people, { met: new Set(), first: new Set() })
    most = Math.max(
      most,
      100 * (1 - worth(round, pairMany(round)) / worth(round, pairExactly(round))),
    )
  }
  const name = `${size} people, method for large rounds, short of the optimum`
  return [{ name, value: most, limit: 1, unit: '%' }]
}

function oneLargeRound(size: number): PairingResult[] {
  const people = somePeople(size, 1)
  const before = seconds()
  const found = pair(people, { met: new Set(), first: new Set(), seed: '' })
  const taken = seconds() - before
  const short =
    100 * (1 - found.score / upperBound(roundOf(people, { met: new Set(), first: new Set() })))
  return [
    { name: `${size} people, one round`, value: taken, limit: 20, unit: 's' },
    { name: `${size} people, left alone`, value: found.unmatched.length, limit: 0, unit: 'people' },
    { name: `${size} people, short of an upper bound`, value: short, limit: 10, unit: '%' },
  ]
}

function worth(round: Round, mates: Int32Array): number {
  return mates.reduce((sum, j, i) => sum + (j > i ? round.scoring.score(i, j) : 0), 0)
}

/**
 * More than any pairing is worth: the sum of prices such that the prices of every two people cover
 * their score. Half of one's best score is such a price; moving each half way to what the others'
 * prices leave to be covered keeps that true and lowers the sum.
 */
function upperBound({ size, scoring }: Round): number {
  const scores = new Uint16Array((size * (size - 1)) / 2)
  for (let i = 0, at = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) scores[at++] = scoring.score(i, j)
  }
  let prices = uncovered(size, scores, new Float64Array(size)).map((best) => best / 2)
  for (let step = 0; step < 12; step++) {
    const due = uncovered(size, scores, prices)
    prices = prices.map((price, i) => Math.min(price, (price + (due[i] ?? 0)) / 2))
  }
  return prices.reduce((sum, price) => sum + price, 0)
}

/** For each person the most that a score exceeds the other's price. */
function uncovered(size: number, scores: Uint16Array, prices: Float64Array): Float64Array {
  const most = new Float64Array(size)
  for (let i = 0, at = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++, at++) {
      const score = scores[at] ?? 0
      most[i] = Math.max(most[i] ?? 0, score - (prices[j] ?? 0))
      most[j] = Math.max(most[j] ?? 0, score - (prices[i] ?? 0))
    }
  }
  return most
}

function seconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
