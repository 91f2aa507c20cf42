import { randomUUID } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import { bucketKey, bucketOf, type CountedSet, SetClosed, setName, subBucketOf } from './buckets.ts'
import type { Key } from './keys.ts'
import { VersionConflict } from './retry.ts'
import { noteSeats, type SeatCount } from './seat-modes.ts'
import { anyRow, isSpread, noteSpread, spreadWrites } from './shards.ts'
import { update, type Write } from './writes.ts'

/** Ids to count in (1) or out (-1), or whose row changes (0). */
export type Counting = { id: string; by: 1 | -1 | 0 }

/** Buckets that are known to have sub-buckets: they never lose them, so writers need not find out again. */
const grown = new Set<string>()
const nameOf = ({ pk, sk }: { pk: string; sk: string }) => `${pk}\n${sk}`

/**
 * The writes that count rows in and out, one for each bucket they lie on. They prove that the owner lives: a set
 * without buckets is opened only beside its owner. `seats`: the set is a session's whose seats are limited.
 */
export function countWrites(set: CountedSet, all: Counting[], seats?: SeatCount): Write[] {
  const buckets = Map.groupBy(all, ({ id }) => bucketOf(set, id))
  return [...buckets].map(([bucket, some]) => ({
    ...(set.crowds && !seats ? countInCrowd(set, bucket, some, 3) : countAt(set, some, seats)),
    ...(set.shownIn && { shownIn: set.shownIn }),
  }))
}

/**
 * The count in any row of a bucket that has shards. Where it meets others it goes to another of them, once the set has them,
 * so many times; from then on it waits.
 */
function countInCrowd(set: CountedSet, bucket: string, some: Counting[], times: number): Write {
  const row = isSpread(set) ? anyRow(bucket) : bucket
  const write = row === bucket ? countAt(set, some) : countBeside(set, some, row)
  if (times === 0) return write
  const instead = (isOpen: boolean) => {
    noteSpread(set, isOpen)
    return countInCrowd(set, bucket, some, times - 1)
  }
  const open = () => (isSpread(set) ? [] : spreadWrites(set))
  return { ...write, inCrowd: { name: setName(set), open, instead } }
}

/** The count in a shard, which always has sub-buckets. */
function countBeside(set: CountedSet, some: Counting[], shard: string): Write {
  const change = { add: addsOf(set, some, true), set: { vr: randomUUID() } }
  return update(bucketKey(set, shard), change, { exists: true }, () => {
    noteSpread(set, false)
    return countAt(set, some)
  })
}

function addsOf(set: CountedSet, some: Counting[], withSubBuckets: boolean) {
  const add: Record<string, number> & { ct: number } = { ct: 0 }
  for (const { id, by } of some) {
    add.ct += by
    const name = subBucketOf(set, id)
    if (withSubBuckets) add[name] = (add[name] ?? 0) + by
  }
  return add
}

function countAt(set: CountedSet, some: Counting[], seats?: SeatCount): Write {
  const key = bucketKey(set, bucketOf(set, some[0]?.id ?? ''))
  const withSubBuckets = grown.has(nameOf(key))
  const add = addsOf(set, some, withSubBuckets)
  const net = add.ct
  const least = set.most && net > 0 ? set.most.rows - net : undefined
  const grows = seats?.mode === 2 ? seats.extra - net : 0
  if (grows !== 0) add.fr = grows
  return update(
    key,
    { add, set: { vr: randomUUID() } },
    {
      exists: true,
      equals: { lv: withSubBuckets ? 1 : undefined, cp: seats?.mode },
      ...(grows < 0 && { above: ['fr', -grows - 1] as [string, number] }),
      atMost: least === undefined ? undefined : ['ct', least],
    },
    (existing) => {
      if (!existing) return seats ? new VersionConflict() : new SetClosed(set)
      const isOut = grows < 0 && Number(existing.fr) < -grows
      if (existing.cp !== seats?.mode || isOut) {
        noteSeats(set.buckets, existing)
        return new VersionConflict()
      }
      if (least !== undefined && Number(existing.ct) > least) return tooMany(set)
      noteLevel(key, existing.lv === 1)
      return countAt(set, some, seats)
    },
  )
}

function noteLevel(key: Key, hasSubBuckets: boolean): void {
  if (grown.size > 50_000) grown.clear()
  if (hasSubBuckets) grown.add(nameOf(key))
  else grown.delete(nameOf(key))
}

const tooMany = ({ most }: CountedSet) =>
  new ApiError('too_many_objects', { field: most?.field ?? '' })
