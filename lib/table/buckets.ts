import type { ErrorName } from '#lib/base/errors.ts'
import { type Kind, kinds } from '#lib/base/ids.ts'
import { hexIdPrefix, type IdPrefix, ownIdPrefix } from './id-prefix.ts'
import type { Key } from './keys.ts'
import { queryRows } from './query.ts'
import { VersionConflict } from './retry.ts'
import type { Scope } from './scope.ts'
import { check, update, type Write } from './writes.ts'

/**
 * A counted set: rows in one partition, sorted by random id, and beside them bucket items that count the rows under
 * each value of the id's first bits. It gives exact totals and any offset at a cost that grows with neither
 * (docs/data.md, Counted sets).
 */
export type CountedSet = {
  rows: string
  /** Where the rows are when other rows share their partition. */
  range?: { from: string; to: string } | undefined
  /** Partition of the bucket items, and what their sort keys begin with when other sets share it. */
  buckets: string
  bucketPrefix: string
  /** 64, 16, 4 buckets or one: 6, 4, 2 or 0 bits of the id. */
  bucketBits: 6 | 4 | 2 | 0
  bits: IdPrefix
  /** What stands before the random part of the ids: `per_` or nothing. */
  prefix: string
  /** None where the owner is an organisation, which never goes. */
  owner?: Owner | undefined
  most?: Most | undefined
  /** The row of a list that shows how many the set has. */
  shownIn?: Key | undefined
  /** Crowds come into it at once: its buckets get shards where they meet. */
  crowds: boolean
}

/** The row without which a set cannot be, and what its absence means to whoever adds. */
export type Owner = { key: Key; gone: ErrorName | 'conflict' }
/** How many rows a set of one bucket may have, and what one more is told. */
export type Most = { rows: number; field: string }

type Shape = {
  rows: string
  range?: { from: string; to: string }
  buckets: string | [partition: string, prefix: string]
  bits: CountedSet['bucketBits']
  kind?: Kind
  owner?: Owner
  most?: Most
  shownIn?: Key
  crowds?: boolean
}

export const countedSet = ({
  rows,
  range,
  buckets,
  bits,
  kind,
  owner,
  most,
  shownIn,
  crowds = false,
}: Shape): CountedSet => ({
  rows,
  range,
  buckets: typeof buckets === 'string' ? buckets : buckets[0],
  bucketPrefix: typeof buckets === 'string' ? '' : `${buckets[1]}#`,
  bucketBits: bits,
  bits: kind ? ownIdPrefix : hexIdPrefix,
  prefix: kind ? `${kinds[kind]}_` : '',
  owner,
  most,
  shownIn,
  crowds,
})

export const subBucketNames = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_~'
export const subBucketBits = 6

/** A bucket item: `ct` rows under it; with `lv` 1 also a count for each of its 64 sub-buckets. */
export type Bucket = { sk: string; ct: number; lv?: number; vr: string } & Record<string, unknown>

/** What tells one set from another: sets may share the partition of their rows. */
export const setName = ({ buckets, bucketPrefix }: CountedSet): string =>
  `${buckets}\n${bucketPrefix}`

/** Thrown by a count in a set without buckets: nobody has needed it so far, or its owner is gone. */
export class SetClosed extends VersionConflict {
  readonly set: CountedSet
  constructor(set: CountedSet) {
    super()
    this.set = set
  }
}
export class AlreadyOpen extends VersionConflict {}

/** The writes that create a set's buckets, counting the rows that come along or are there already. */
export function openBuckets(set: CountedSet, ids: string[] = []): Write[] {
  return bucketNames(set).map((sk) => {
    const ct = ids.filter((id) => bucketOf(set, id) === sk).length
    const change = { set: { ct, vr: '0' } }
    return update(bucketKey(set, sk), change, { exists: false }, () => new AlreadyOpen())
  })
}

/**
 * The writes that open a set while its owner lives; none when somebody has opened it. Without buckets nobody can have
 * changed its rows meanwhile.
 */
export async function openSetWrites(scope: Scope, set: CountedSet): Promise<Write[]> {
  const { owner, buckets: pk, bucketPrefix: from } = set
  const range = { pk, ...(from && { from, to: `${from}~` }) }
  const [some, rows] = await Promise.all([
    queryRows(scope, { ...range, only: ['sk'], limit: 1 }),
    queryRows<{ sk: string }>(scope, { pk: set.rows, ...set.range, only: ['sk'] }),
  ])
  if (some.length > 0) return []
  const ids = rows.map(({ sk }) => sk.slice(sk.lastIndexOf('#') + 1))
  const lives = owner ? [check(owner.key, { exists: true }, owner.gone)] : []
  return [...lives, ...openBuckets(set, ids)]
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
