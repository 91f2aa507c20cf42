import { type CountedSet, setName } from '#lib/table/buckets.ts'
import { countWrites } from '#lib/table/count-writes.ts'
import type { Write } from '#lib/table/writes.ts'

/** An id that is counted into a set or out of it; 0: what lists keep of it changes, and only the set's state does. */
export type Count = { set: CountedSet; id: string; by: 1 | -1 | 0 }

/** The writes of counts, one for each bucket that they touch; what comes and goes at once is left out. */
export const countedWrites = (counts: Count[]): Write[] =>
  bySet(counts).flatMap(([set, some]) => countWrites(set, some))

/** Counts by set, without those that cancel each other. */
export function bySet(counts: Count[]): [CountedSet, Count[]][] {
  const sets = Map.groupBy(counts, ({ set }) => setName(set))
  return [...sets.values()].flatMap((some): [CountedSet, Count[]][] => {
    const ids = Map.groupBy(some, ({ id }) => id)
    const left = [...ids.values()].flatMap((few) => {
      const net = Math.sign(few.reduce((sum, { by }) => sum + by, 0))
      return few.find(({ by }) => by === net) ?? []
    })
    const [first] = left
    return first ? [[first.set, left]] : []
  })
}

export const count = (set: CountedSet, id: string, added: boolean): Count => ({
  set,
  id,
  by: added ? 1 : -1,
})

/** The counts of an id that was in some sets and is in others. */
export function difference(had: CountedSet[], has: CountedSet[], id: string): Count[] {
  const isIn = (sets: CountedSet[], set: CountedSet) =>
    sets.some((one) => setName(one) === setName(set))
  return [
    ...had.filter((set) => !isIn(has, set)).map((set) => count(set, id, false)),
    ...has.filter((set) => !isIn(had, set)).map((set) => count(set, id, true)),
  ]
}
