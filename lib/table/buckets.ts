import { randomUUID } from 'node:crypto'
import { type Kind, kinds } from '#lib/base/ids.ts'
import { hexIdPrefix, type IdPrefix, ownIdPrefix } from './id-prefix.ts'
import { VersionConflict } from './retry.ts'
import { remove, update, type Write } from './transact.ts'

/**
 * A counted set (design §4): rows in one partition, sorted by random id, and beside them bucket items that
 * count the rows under each value of the id's first bits. It gives exact totals and any offset at a cost that
 * grows with neither.
 */
export type CountedSet = {
  rows: string
  /** Partition of the bucket items, and what their sort keys begin with when other sets share it. */
  buckets: string
  bucketPrefix: string
  /** 64, 16 or 4 buckets: 6, 4 or 2 bits of the id. */
  bucketBits: 6 | 4 | 2
  bits: IdPrefix
  /** What stands before the random part of the ids: `per_` or nothing. */
  prefix: string
}

export const countedSet = (
  rows: string,
  buckets: string | [partition: string, prefix: string],
  shelfBits: CountedSet['bucketBits'],
  kind?: Kind,
): CountedSet => ({
  rows,
  buckets: typeof buckets === 'string' ? buckets : buckets[0],
  bucketPrefix: typeof buckets === 'string' ? '' : `${buckets[1]}#`,
  bucketBits: shelfBits,
  bits: kind ? ownIdPrefix : hexIdPrefix,
  prefix: kind ? `${kinds[kind]}_` : '',
})

export const subBucketNames = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_~'
export const subBucketBits = 6

/** A bucket item: `ct` rows under it; with `lv` 1 also a count for each of its 64 sub-buckets. */
export type Bucket = { sk: string; ct: number; lv?: number; vr: string } & Record<string, unknown>

/** The writes that create a set's buckets, with its owner or before it, counting the rows that come along. */
export function openBuckets(set: CountedSet, ids: string[] = []): Write[] {
  return bucketNames(set).map((sk) => {
    const ct = ids.filter((id) => bucketOf(set, id) === sk).length
    return update(bucketKey(set, sk), { set: { ct, vr: '0' } }, { exists: false }, 'conflict')
  })
}

/** The writes that delete a set's buckets: from then on no writer can add to it. */
export const closeBuckets = (set: CountedSet): Write[] =>
  bucketNames(set).map((sk) => remove(bucketKey(set, sk)))

/** Ids to count in (1) or out (-1). `capped`: the set is a session's with seats (see `lib/store/write/seats.ts`). */
export type Counting = { id: string; by: 1 | -1 }

/** Buckets that are known to have sub-buckets: they never lose them, so writers need not find out again. */
const grown = new Set<string>()
const nameOf = ({ pk, sk }: { pk: string; sk: string }) => `${pk}\n${sk}`

/**
 * The writes that count rows in and out, one for each bucket they lie on. They prove that the owner lives: a set
 * without buckets fails as in conflict, and who reads again finds the owner gone.
 */
export function countWrites(set: CountedSet, all: Counting[], capped = false): Write[] {
  const buckets = Map.groupBy(all, ({ id }) => bucketOf(set, id))
  return [...buckets].map(([sk, some]) =>
    countAt(set, some, grown.has(nameOf(bucketKey(set, sk))), capped),
  )
}

function countAt(set: CountedSet, some: Counting[], withDrawers: boolean, capped: boolean): Write {
  const add: Record<string, number> = { ct: 0 }
  for (const { id, by } of some) {
    add.ct = (add.ct ?? 0) + by
    const subBucket = subBucketOf(set, id)
    if (withDrawers) add[subBucket] = (add[subBucket] ?? 0) + by
  }
  const key = bucketKey(set, bucketOf(set, some[0]?.id ?? ''))
  return update(
    key,
    { add, set: { vr: randomUUID() } },
    { exists: true, equals: { lv: withDrawers ? 1 : undefined, cp: capped ? 1 : undefined } },
    (existing) => {
      if (!existing || (existing.cp === 1) !== capped) return new VersionConflict()
      if (grown.size > 50_000) grown.clear()
      if (existing.lv === 1) grown.add(nameOf(key))
      else grown.delete(nameOf(key))
      return countAt(set, some, existing.lv === 1, capped)
    },
  )
}

export const bucketKey = (set: CountedSet, sk: string) => ({
  pk: set.buckets,
  sk: set.bucketPrefix + sk,
})
export const bucketNames = (set: CountedSet) =>
  [...Array(2 ** set.bucketBits).keys()].map((n) => n.toString(16).padStart(2, '0'))
export const bucketOf = (set: CountedSet, id: string) =>
  set.bits.first(id, set.bucketBits).toString(16).padStart(2, '0')
export const subBucketOf = (set: CountedSet, id: string) =>
  subBucketNames[set.bits.first(id, set.bucketBits + subBucketBits) & 63] ?? '0'
export const bound = (set: CountedSet, value: number, bits: number) =>
  set.prefix + set.bits.lowest(value, bits)
