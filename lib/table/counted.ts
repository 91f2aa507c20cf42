import { nextAfter, type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import {
  type Bucket,
  bound,
  bucketKey,
  bucketOf,
  type CountedSet,
  subBucketBits,
  subBucketNames,
  subBucketOf,
} from './buckets.ts'
import { getRow, getRows, queryRows } from './query.ts'
import { VersionConflict } from './retry.ts'
import type { Scope } from './scope.ts'
import { isShard, noteSpread, withShards } from './shards.ts'
import { transact } from './transact.ts'
import { check, update } from './writes.ts'

const upgradeAt = 64
/** With so few rows behind a page it is read from the end, which skips fewer than any bucket does. */
const mostBehind = 12

/** How many rows the set has; `without` are ids not to count though their rows may still be there. */
export async function total(
  scope: Scope,
  set: CountedSet,
  without: string[] = [],
): Promise<number> {
  const [buckets, hidden] = await Promise.all([
    readBuckets(scope, set),
    present(scope, set, without),
  ])
  return sum(buckets.map(({ ct }) => ct)) - hidden.length
}

/**
 * A page of rows in id order with the exact total: one round trip at offset 0 or after a cursor, two at the end, three
 * elsewhere.
 */
export async function listCounted<T extends { sk: string }>(
  scope: Scope,
  set: CountedSet,
  wanted: PageWanted,
): Promise<Page<T>> {
  const { limit, offset, after, without = [] } = wanted
  const hidden = await present(scope, set, without)
  const pageOf = (total: number, rows: T[], skip = 0): Page<T> => {
    const shown = rows.filter(({ sk }) => !hidden.includes(sk)).slice(skip, skip + limit)
    return {
      total,
      rows: shown,
      next: nextAfter(
        shown.map(({ sk }) => sk),
        total,
        wanted,
      ),
    }
  }
  const slack = limit + hidden.length
  if (after !== undefined || offset === 0) {
    const first = { pk: set.rows, limit: slack, ...(after && { after }) }
    const [buckets, rows] = await Promise.all([readBuckets(scope, set), queryRows<T>(scope, first)])
    if (buckets.length === 0 && (rows.length > 0 || after !== undefined)) {
      return listUncounted(scope, set, { ...wanted, without: hidden })
    }
    return pageOf(sum(buckets.map(({ ct }) => ct)) - hidden.length, rows)
  }
  const buckets = await readBuckets(scope, set)
  if (buckets.length === 0) return listUncounted(scope, set, { ...wanted, without: hidden })
  for (const id of hidden) {
    const bucket = buckets.find(({ sk }) => sk === bucketOf(set, id))
    if (bucket) bucket.ct -= 1
  }
  const total = sum(buckets.map(({ ct }) => ct))
  if (offset >= total) return { total, rows: [] }
  const behind = Math.max(total - offset - limit, 0)
  if (behind <= mostBehind) {
    const last = { pk: set.rows, limit: total - offset + hidden.length, descending: true }
    const rows = (await queryRows<T>(scope, last)).filter(({ sk }) => !hidden.includes(sk))
    return pageOf(total, rows.slice(behind, total - offset).reverse())
  }
  const { from, skip } = await locate(scope, set, { buckets, offset, hidden })
  const rows = await queryRows<T>(scope, { pk: set.rows, from, limit: skip + slack })
  return pageOf(total, rows, skip)
}

/** A page of a set that nobody has opened since there are such sets: all its rows are read. */
async function listUncounted<T extends { sk: string }>(
  scope: Scope,
  { rows: pk, range }: CountedSet,
  { without = [], ...wanted }: PageWanted,
): Promise<Page<T>> {
  const all = await queryRows<T>(scope, { pk, ...range })
  const shown = all.filter(({ sk }) => !without.includes(sk))
  return pageOfList(shown, ({ sk }) => sk, wanted)
}

type Place = { from: string; skip: number }

/** Where the row at `offset` is: the first possible sort key and how many visible rows to skip from there. */
async function locate(
  scope: Scope,
  set: CountedSet,
  { buckets, offset, hidden }: { buckets: Bucket[]; offset: number; hidden: string[] },
): Promise<Place> {
  let left = offset
  const at = buckets.findIndex(({ ct }) => {
    if (left < ct) return true
    left -= ct
    return false
  })
  const bucket = buckets[at]
  if (!bucket) return { from: set.prefix, skip: 0 }
  const start = { from: bound(set, at, set.bucketBits), skip: left }
  if (bucket.lv === 1) return inSubBuckets(scope, set, { ...start, sk: bucket.sk, at, hidden })
  if (bucket.ct > upgradeAt) await upgrade(scope, set, bucket.sk)
  return start
}

/** The same inside a bucket that counts its 64 parts. */
async function inSubBuckets(
  scope: Scope,
  set: CountedSet,
  { sk, at, skip, hidden }: Place & { sk: string; at: number; hidden: string[] },
): Promise<Place> {
  const rows = await rowsOf(scope, set, sk)
  let left = skip
  let subBucket = 0
  for (const name of subBucketNames) {
    const gone = hidden.filter(
      (id) => bucketOf(set, id) === sk && subBucketOf(set, id) === name,
    ).length
    const here = rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0) - gone
    if (left < here) break
    left -= here
    subBucket += 1
  }
  const bits = set.bucketBits + subBucketBits
  return { from: bound(set, at * 64 + Math.min(subBucket, 63), bits), skip: left }
}

/** Gives a bucket that has grown its 64 sub-bucket counts, unless a writer comes between (then a later reader does). */
async function upgrade(scope: Scope, set: CountedSet, sk: string): Promise<void> {
  const [bucket, ...shards] = await rowsOf(scope, set, sk)
  if (!bucket || bucket.lv === 1) return
  const at = Number.parseInt(sk, 16)
  const next = at + 1
  const rows = await queryRows<{ sk: string }>(scope, {
    pk: set.rows,
    from: bound(set, at, set.bucketBits),
    ...(next < 2 ** set.bucketBits && { to: bound(set, next, set.bucketBits) }),
    only: ['sk'],
  })
  const counts: Record<string, number> = {}
  for (const row of rows) {
    if (bucketOf(set, row.sk) !== sk) continue
    const name = subBucketOf(set, row.sk)
    counts[name] = (counts[name] ?? 0) + 1
  }
  // Shards count theirs themselves.
  for (const shard of shards) {
    for (const name of subBucketNames) {
      if (shard[name]) counts[name] = (counts[name] ?? 0) - Number(shard[name])
    }
  }
  const asRead = ({ vr }: Bucket) => ({ equals: { vr } })
  const writes = [
    update(bucketKey(set, sk), { set: { ...counts, lv: 1 } }, asRead(bucket), 'conflict'),
    ...shards.map((one) => check(bucketKey(set, one.sk), asRead(one), 'conflict')),
  ]
  await transact({ org: scope.org, deadline: scope.deadline }, writes).catch((error) => {
    if (!(error instanceof VersionConflict)) throw error
  })
}

/** A bucket, and its shards if it has any. */
async function rowsOf(scope: Scope, set: CountedSet, sk: string): Promise<Bucket[]> {
  const key = bucketKey(set, sk)
  if (!set.crowds) {
    const bucket = await getRow<Bucket>(scope, key)
    return bucket ? [bucket] : []
  }
  const rows = await queryRows<Bucket>(scope, { pk: key.pk, from: key.sk, to: `${key.sk}.~` })
  return rows.map((row) => ({ ...row, sk: row.sk.slice(set.bucketPrefix.length) }))
}

async function readBuckets(scope: Scope, set: CountedSet): Promise<Bucket[]> {
  const { buckets: pk, bucketPrefix: shelfPrefix } = set
  const range = shelfPrefix && { from: shelfPrefix, to: `${shelfPrefix}~` }
  const rows = await queryRows<Bucket>(scope, { pk, ...range, only: ['sk', 'ct', 'lv'] })
  const named = rows.map((row) => ({ ...row, sk: row.sk.slice(shelfPrefix.length) }))
  if (!set.crowds) return named
  if (named.some(({ sk }) => isShard(sk))) noteSpread(set, true)
  return withShards(named)
}

/** Totals of many sets that share a partition of buckets: owner id → rows. One query for all owners in the range. */
export async function totals(
  scope: Scope,
  pk: string,
  from: string,
  to: string,
): Promise<Map<string, number>> {
  const rows = await queryRows<Bucket>(scope, { pk, from, to: `${to}~`, only: ['sk', 'ct'] })
  const counts = new Map<string, number>()
  for (const { sk, ct } of rows) {
    const owner = sk.slice(0, sk.indexOf('#'))
    counts.set(owner, (counts.get(owner) ?? 0) + ct)
  }
  return counts
}

async function present(scope: Scope, set: CountedSet, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await getRows<{ sk: string }>(
    scope,
    ids.map((sk) => ({ pk: set.rows, sk })),
    ['sk'],
  )
  return rows.map(({ sk }) => sk)
}

const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0)
