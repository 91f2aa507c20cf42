import { nextAfter, type Page, type PageWanted } from '#lib/base/page.ts'
import {
  countInto,
  highest,
  likelyCount,
  movedShards,
  type Segment,
  type Shard,
  shardNames,
  withShards,
} from './open-end.ts'
import { queryRows } from './query.ts'
import type { Scope } from './scope.ts'
import { maxWrites, transact } from './transact.ts'
import { put, update, type Write } from './writes.ts'

/**
 * An ordered set whose rows come in an order of their own (time), not at random: its sort keys are cut into
 * segments, each counted by one row, and a segment that has grown is cut again. However unevenly the keys
 * lie (a day of 100,000, or a single minute), total and offset cost one read of the segments and at most
 * `most` rows beyond the page. Who adds a row counts it in the same transaction, so without segments there
 * are no new rows: deleting them closes the set.
 */
export type OrderedCount = { rows: string; segments: string }
const aim = 200
const most = 400
const lowest = '!'

/** The write that opens an empty set. */
export const openSegments = ({ segments }: OrderedCount): Write =>
  put({ pk: segments, sk: lowest, up: highest, ct: 0, vr: 1 }, { exists: false }, 'conflict')

/** All segments in order: their sum is the exact total. */
export async function readSegments(scope: Scope, { segments }: OrderedCount): Promise<Segment[]> {
  const only = ['sk', 'up', 'ct', 'vr', 'sh', 'of']
  return withShards(await queryRows<Segment | Shard>(scope, { pk: segments, only }))
}

/** The last segment as it stands, without its shards; none when the set is closed. */
export async function lastSegment(
  scope: Scope,
  { segments: pk }: OrderedCount,
): Promise<Segment | undefined> {
  const range = { pk, to: highest, descending: true, limit: 1 }
  return (await queryRows<Segment>(scope, range))[0]
}

export const segmentsTotal = (segments: Segment[]): number =>
  segments.reduce((sum, { ct }) => sum + ct, 0)

/** The segments that hold these sort keys; none when the set is closed. */
export async function segmentsOf(
  scope: Scope,
  { segments }: OrderedCount,
  sks: string[],
): Promise<Segment[]> {
  const sorted = [...sks].sort()
  const range = { pk: segments, to: sorted.at(-1) ?? lowest, descending: true }
  const near = sks.length === 1 ? 1 : 32
  const last = await queryRows<Segment>(scope, { ...range, limit: near })
  const enough = last.length < near || (last.at(-1)?.sk ?? '') <= (sorted[0] ?? '')
  return enough ? last : queryRows<Segment>(scope, range)
}

/** The writes that count new rows in; in conflict when a segment was cut meanwhile. */
export function countIn({ segments: pk }: OrderedCount, known: Segment[], sks: string[]): Write[] {
  const counts = Map.groupBy(sks, (sk) => segmentAt(known, sk))
  const none = { sk: lowest, up: '', ct: 0, vr: 0 }
  return [...counts].map(([segment, some]) => countInto(pk, segment ?? none, some.length))
}

/** Whether rows under these keys are counted at the open end, or nowhere at all. */
export const areAtEnd = (known: Segment[], sks: string[]): boolean =>
  sks.every((sk) => segmentAt(known, sk)?.up === highest)
export const areCovered = (known: Segment[], sks: string[]): boolean =>
  sks.every((sk) => segmentAt(known, sk))

/** Cuts those of the segments that have grown; whoever comes between leaves it to the next. */
export async function cutGrown(
  scope: Scope,
  set: OrderedCount,
  before: Segment[],
  sks: string[],
): Promise<void> {
  const counts = Map.groupBy(sks, (sk) => segmentAt(before, sk))
  for (const [segment, added] of counts) {
    if (!segment || likelyCount(segment) + added.length <= most) continue
    // Where a crowd writes, few find it at rest.
    if (segment.sh && Math.random() * 16 > 1) continue
    // The rows are in already: no failure from here on may reach their writer.
    await cut(scope, set, segment.sk).catch(() => undefined)
  }
}

/** A page of the set with its exact total. */
export async function listOrdered<T extends { sk: string }>(
  scope: Scope,
  set: OrderedCount,
  wanted: PageWanted,
): Promise<Page<T>> {
  const { limit, offset, after } = wanted
  const pageOf = (total: number, rows: T[]): Page<T> => ({
    total,
    rows,
    next: nextAfter(
      rows.map(({ sk }) => sk),
      total,
      wanted,
    ),
  })
  const rowsFrom = (from: string, skip: number) =>
    queryRows<T>(scope, { pk: set.rows, from, limit: skip + limit })
  if (after !== undefined || offset === 0) {
    const first = queryRows<T>(scope, { pk: set.rows, limit, ...(after && { after }) })
    const [segments, rows] = await Promise.all([readSegments(scope, set), first])
    return pageOf(segmentsTotal(segments), rows)
  }
  const segments = await readSegments(scope, set)
  const total = segmentsTotal(segments)
  if (offset >= total) return { total, rows: [] }
  let skip = offset
  const start = segments.find(({ ct }) => {
    if (skip < ct) return true
    skip -= ct
    return false
  })
  if (!start) return { total, rows: [] }
  if (start.ct > 2 * most) await cut(scope, set, start.sk).catch(() => undefined)
  return pageOf(total, (await rowsFrom(start.sk, skip)).slice(skip))
}

async function cut(scope: Scope, set: OrderedCount, sk: string): Promise<void> {
  const [segment] = await queryRows<Segment>(scope, { pk: set.segments, from: sk, to: sk })
  const shards = segment?.sh ? await shardsOf(scope, set) : []
  const count = shards.reduce((sum, { ct }) => sum + ct, segment?.ct ?? 0)
  if (!segment || count <= most) return
  const inside = { pk: set.rows, from: sk, to: segment.up, only: ['sk'] }
  const read = await queryRows<{ sk: string }>(scope, inside)
  const rows = read.filter((row) => row.sk < segment.up)
  // One transaction cuts off so many parts; what is beyond stays in the last and is cut the next time.
  const starts = rows
    .filter((_, n) => n > 0 && n % aim === 0)
    .slice(0, maxWrites - 1 - shards.length)
  const end = starts.at(-1)?.sk
  if (end === undefined) return
  const bounds = [sk, ...starts.map((row) => row.sk), segment.up]
  const counts = bounds.slice(0, -1).map((_, n) => {
    const rest = rows.length - n * aim
    return n === starts.length ? rest : aim
  })
  const [first = 0, ...others] = counts
  await transact(scope, [
    update(
      { pk: set.segments, sk },
      { set: { up: bounds[1], ct: first }, add: { vr: 1 }, remove: ['sh'] },
      { vr: segment.vr },
      'conflict',
    ),
    ...others.map((ct, n) => {
      const start = bounds[n + 1] ?? ''
      const row = { pk: set.segments, sk: start, up: bounds[n + 2], ct, vr: 1 }
      const isEnd = segment.sh && start === end
      return put({ ...row, ...(isEnd && { sh: 1 }) }, { exists: false }, 'conflict')
    }),
    ...movedShards(set.segments, shards, end),
  ])
}

const shardsOf = (scope: Scope, { segments: pk }: OrderedCount): Promise<Shard[]> =>
  queryRows<Shard>(scope, { pk, from: shardNames[0] ?? '', to: shardNames.at(-1) ?? '' })

const segmentAt = (known: Segment[], sk: string): Segment | undefined =>
  known.find((segment) => segment.sk <= sk && sk < segment.up)
