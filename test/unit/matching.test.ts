import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Edge, heaviestMatching } from '#lib/model/pairing/matching.ts'

/** Most pairs, then most weight, by trying everything: `[pairs, weight]`. */
function bestByForce(size: number, edges: readonly Edge[]): [number, number] {
  const known = new Map<number, [number, number]>()
  const best = (taken: number): [number, number] => {
    const before = known.get(taken)
    if (before) return before
    let found: [number, number] = [0, 0]
    let lowest = 0
    while (taken & (1 << lowest)) lowest++
    if (lowest < size) {
      found = best(taken | (1 << lowest))
      for (const [a, b, weight] of edges) {
        const other = a === lowest ? b : a
        if ((a !== lowest && b !== lowest) || taken & (1 << other)) continue
        const [pairs, sum] = best(taken | (1 << lowest) | (1 << other))
        if (pairs + 1 > found[0] || (pairs + 1 === found[0] && sum + weight > found[1])) {
          found = [pairs + 1, sum + weight]
        }
      }
    }
    known.set(taken, found)
    return found
  }
  return best(0)
}

const graphs = fc.integer({ min: 2, max: 11 }).chain((size) => {
  const all = Array.from({ length: size }, (_, a) =>
    Array.from({ length: size - a - 1 }, (_, step): [number, number] => [a, a + step + 1]),
  ).flat()
  const weight = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 1e6 }))
  return fc.record({
    size: fc.constant(size),
    edges: fc
      .subarray(all)
      .chain((some) =>
        fc.tuple(...some.map(([a, b]) => weight.map((worth): Edge => [a, b, worth]))),
      ),
  })
})

test('finds the heaviest of the largest matchings, as trying everything does', () => {
  fc.assert(
    fc.property(graphs, ({ size, edges }) => {
      const mates = heaviestMatching(size, edges)
      const worth = new Map(edges.flatMap(([a, b, w]) => [[`${a}-${b}`, w] as const]))
      let pairs = 0
      let sum = 0
      for (const [a, b] of mates.entries()) {
        if (b === -1) continue
        expect(mates[b]).toBe(a)
        if (a > b) continue
        const weight = worth.get(`${a}-${b}`)
        if (weight === undefined) throw new Error('a pair that is no edge')
        pairs++
        sum += weight
      }
      expect([pairs, sum]).toEqual(bestByForce(size, edges))
    }),
    { numRuns: 400 },
  )
})

test('leaves everybody alone where nobody may be paired', () => {
  expect([...heaviestMatching(3, [])]).toEqual([-1, -1, -1])
})
