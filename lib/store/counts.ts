import { type CountedSet, countWrites, setName } from '#lib/table/buckets.ts'
import type { Write } from '#lib/table/writes.ts'

/** An id that is counted into a set or out of it. */
export type Count = { set: CountedSet; id: string; by: 1 | -1 }

/** The writes of counts, one for each bucket that they touch; what comes and goes at once is left out. */
export const countedWrites = (counts: Count[]): Write[] =>
  bySet(counts).flatMap(([set, some]) => countWrites(set, some))

/** Counts by set, without those that cancel each other. */
export function bySet(counts: Count[]): [CountedSet, Count[]][] {
  const sets = Map.groupBy(counts, ({ set }) => setName(set))
  return [...sets.values()].flatMap((some): [CountedSet, Count[]][] => {
    const ids = Map.groupBy(some, ({ id }) => id)
    const left = [...ids.values()].flatMap((few) => {
      const net = few.reduce((sum, { by }) => sum + by, 0)
      return net === 0 ? [] : few.filter(({ by }) => by === Math.sign(net)).slice(0, 1)
    })
    const [first] = left
    return first ? [[first.set, left]] : []
  })
}
