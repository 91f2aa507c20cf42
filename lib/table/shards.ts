import { randomUUID } from 'node:crypto'
import {
  AlreadyOpen,
  type Bucket,
  bucketKey,
  bucketNames,
  type CountedSet,
  setName,
  subBucketNames,
} from './buckets.ts'
import type { Key } from './keys.ts'
import { VersionConflict } from './retry.ts'
import { put, type Row, remove, update, type Write } from './writes.ts'

/** A bucket that crowds meet on stands in so many rows, itself and shards beside it; its counts are their sums. */
const rowsOfBucket = 5

const spread = new Set<string>()

/** Whether the buckets of a set are known to have shards; every count in one of them holds it against the table. */
export const isSpread = (set: CountedSet): boolean => spread.has(setName(set))

export function noteSpread(set: CountedSet, isSo: boolean): void {
  if (spread.size > 50_000) spread.clear()
  if (isSo) spread.add(setName(set))
  else spread.delete(setName(set))
}

/** Forgets which sets have shards, as a new process has never heard of them. */
export const forgetShards = (): void => spread.clear()

const shardNames = (bucket: string): string[] =>
  [...Array(rowsOfBucket - 1).keys()].map((n) => `${bucket}.${n + 1}`)

/** All shards that a set has, if it has any. */
export const allShards = (set: CountedSet): string[] => bucketNames(set).flatMap(shardNames)

/** The row of a bucket, itself or a shard, that the next count goes to: any of them. */
export const anyRow = (bucket: string): string =>
  [bucket, ...shardNames(bucket)][Math.floor(Math.random() * rowsOfBucket)] ?? bucket

/** The bucket that a row belongs to. */
export const bucketNamed = (row: string): string => row.split('.', 1)[0] ?? row
export const isShard = (row: string): boolean => row.includes('.')

/** Where it stands that a set has shards: whoever deletes its owner, or limits it, comes between no one who opens them. */
const anchorOf = (set: CountedSet): string => bucketNames(set)[0] ?? ''

/** The writes that give all buckets of an open set their shards. */
export const spreadWrites = (set: CountedSet): Write[] => [
  update(
    bucketKey(set, anchorOf(set)),
    { set: { sh: 1, vr: randomUUID() } },
    { exists: true, equals: { sh: undefined, cp: undefined } },
    (existing) => (existing?.sh ? new AlreadyOpen() : new VersionConflict()),
  ),
  ...allShards(set).map((sk) =>
    put({ ...bucketKey(set, sk), ct: 0, lv: 1, vr: '0' }, { exists: false }, 'conflict'),
  ),
]

/** Buckets with what their shards count, in their order. */
export function withShards<T extends Pick<Bucket, 'sk' | 'ct'>>(rows: T[]): T[] {
  const buckets = new Map<string, T>()
  for (const row of rows) {
    const name = bucketNamed(row.sk)
    const known = buckets.get(name)
    if (known) known.ct += row.ct
    else buckets.set(name, { ...row })
  }
  return [...buckets.values()]
}

/** Buckets that count with shards, as they will be without, and the writes that bring it about if nobody comes between. */
export function withoutShards<T extends Key & Pick<Bucket, 'ct' | 'vr'>>(rows: T[]) {
  const shards = rows.filter(({ sk }) => isShard(sk))
  const buckets = rows.filter(({ sk }) => !isShard(sk))
  if (shards.length === 0) return { buckets, writes: [] }
  const asRead = ({ vr }: T) => ({ equals: { vr } })
  const writes = buckets.map((bucket) => {
    const some = rows.filter(({ sk }) => bucketNamed(sk) === bucket.sk)
    const change = { set: { ...sums(bucket, some), vr: randomUUID() }, remove: ['sh'] }
    return update(bucket, change, asRead(bucket), 'conflict')
  })
  const removed = shards.map((shard) => remove(shard, asRead(shard), 'conflict'))
  return { buckets, writes: [...writes, ...removed] }
}

/** The counts of a bucket and its shards: sub-buckets too, if the bucket itself has them. */
function sums(bucket: Row, some: Row[]): Row {
  const names = ['ct', ...(bucket.lv === 1 ? subBucketNames : [])]
  const sum = (name: string) => some.reduce((all, row) => all + Number(row[name] ?? 0), 0)
  return Object.fromEntries(names.map((name) => [name, sum(name)]))
}

/** The writes that delete a set's buckets: from then on no writer can add to it. */
export function closeBuckets(set: CountedSet): Write[] {
  const [anchor = '', ...others] = bucketNames(set)
  const removed = (names: string[]) => names.map((sk) => remove(bucketKey(set, sk)))
  if (!set.crowds) return removed([anchor, ...others])
  const has = isSpread(set)
  const asKnown = { equals: { sh: has ? 1 : undefined } }
  return [
    remove(bucketKey(set, anchor), asKnown, (existing) => {
      noteSpread(set, existing?.sh === 1)
      return new VersionConflict()
    }),
    ...removed([...others, ...(has ? allShards(set) : [])]),
  ]
}
