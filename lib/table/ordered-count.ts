import type { Page, PageWanted } from './counted.ts'
import { queryRows } from './query.ts'
import { type Scope, withoutRecording } from './scope.ts'
import { put, transact, update, type Write } from './transact.ts'

/**
 * An ordered set whose rows come in an order of their own (time), not at random: its sort keys are cut into
 * stretches, each counted by one row, and a stretch that has grown is cut again. However unevenly the keys
 * lie (a day of 100,000, or a single minute), total and offset cost one read of the stretches and at most
 * `most` rows beyond the page. Who adds a row counts it in the same transaction, so without stretches there
 * are no new rows: deleting them closes the set.
 */
export type OrderedCount = { rows: string; stretches: string }
/** Counts the rows from its sort key up to `up`, exclusive. */
export type Segment = { sk: string; up: string; ct: number; vr: number }

const aim = 200
const most = 400
const lowest = '!'
const highest = '~'

/** The write that opens an empty set. */
export const openSegments = ({ stretches }: OrderedCount): Write =>
  put({ pk: stretches, sk: lowest, up: highest, ct: 0, vr: 1 }, { exists: false }, 'conflict')

/** All stretches in order: their sum is the exact total. */
export const readSegments = (scope: Scope, { stretches }: OrderedCount): Promise<Segment[]> =>
  queryRows<Segment>(scope, { pk: stretches, only: ['sk', 'up', 'ct', 'vr'] })

export const segmentsTotal = (stretches: Segment[]): number =>
  stretches.reduce((sum, { ct }) => sum + ct, 0)

/** The stretches that hold these sort keys; none when the set is closed. */
export async function segmentsOf(
  scope: Scope,
  { stretches }: OrderedCount,
  sks: string[],
): Promise<Segment[]> {
  const sorted = [...sks].sort()
  const range = { pk: stretches, to: sorted.at(-1) ?? lowest, descending: true }
  const near = sks.length === 1 ? 1 : 32
  const last = await queryRows<Segment>(scope, { ...range, limit: near })
  const enough = last.length < near || (last.at(-1)?.sk ?? '') <= (sorted[0] ?? '')
  return enough ? last : queryRows<Segment>(scope, range)
}

/** The writes that count new rows in; in conflict when a stretch was cut meanwhile. */
export function countIn({ stretches: pk }: OrderedCount, known: Segment[], sks: string[]): Write[] {
  const counts = Map.groupBy(sks, (sk) => stretchAt(known, sk))
  return [...counts].map(([stretch, some]) =>
    update(
      { pk, sk: stretch?.sk ?? lowest },
      { add: { ct: some.length, vr: 1 } },
      { exists: true, equals: { up: stretch?.up ?? '' } },
      'conflict',
    ),
  )
}

/** Cuts those of the stretches that have grown; whoever comes between leaves it to the next. */
export async function cutGrown(
  scope: Scope,
  tally: OrderedCount,
  before: Segment[],
  sks: string[],
): Promise<void> {
  const counts = Map.groupBy(sks, (sk) => stretchAt(before, sk))
  for (const [stretch, added] of counts) {
    if (!stretch || stretch.ct + added.length <= most) continue
    // The rows are in already: no failure from here on may reach their writer.
    await cut(scope, tally, stretch.sk).catch(() => undefined)
  }
}

/** A page of the set with its exact total. */
export async function listOrdered<T>(
  scope: Scope,
  tally: OrderedCount,
  { limit, offset, after }: PageWanted,
): Promise<Page<T>> {
  const rowsFrom = (from: string, skip: number) =>
    queryRows<T>(scope, { pk: tally.rows, from, limit: skip + limit })
  if (after !== undefined || offset === 0) {
    const first = queryRows<T>(scope, { pk: tally.rows, limit, ...(after && { after }) })
    const [stretches, rows] = await Promise.all([readSegments(scope, tally), first])
    return { total: segmentsTotal(stretches), rows }
  }
  const segments = await readSegments(scope, tally)
  const total = segmentsTotal(segments)
  if (offset >= total) return { total, rows: [] }
  let skip = offset
  const start = segments.find(({ ct }) => {
    if (skip < ct) return true
    skip -= ct
    return false
  })
  if (!start) return { total, rows: [] }
  if (start.ct > 2 * most) await cut(scope, tally, start.sk).catch(() => undefined)
  return { total, rows: (await rowsFrom(start.sk, skip)).slice(skip) }
}

async function cut(scope: Scope, tally: OrderedCount, sk: string): Promise<void> {
  const own = withoutRecording(scope)
  const [stretch] = await queryRows<Segment>(own, { pk: tally.stretches, from: sk, to: sk })
  if (!stretch || stretch.ct <= most) return
  const inside = { pk: tally.rows, from: sk, to: stretch.up, only: ['sk'] }
  const read = await queryRows<{ sk: string }>(own, inside)
  const rows = read.filter((row) => row.sk < stretch.up)
  // One transaction cuts off so many parts; what is beyond stays in the last and is cut the next time.
  const starts = rows.filter((_, n) => n > 0 && n % aim === 0).slice(0, 90)
  const bounds = [sk, ...starts.map((row) => row.sk), stretch.up]
  const counts = bounds.slice(0, -1).map((_, n) => {
    const rest = rows.length - n * aim
    return n === starts.length ? rest : aim
  })
  const [first = 0, ...others] = counts
  await transact(own, [
    update(
      { pk: tally.stretches, sk },
      { set: { up: bounds[1], ct: first }, add: { vr: 1 } },
      { vr: stretch.vr },
      'conflict',
    ),
    ...others.map((ct, n) => {
      const row = { pk: tally.stretches, sk: bounds[n + 1] ?? '', up: bounds[n + 2], ct, vr: 1 }
      return put(row, { exists: false }, 'conflict')
    }),
  ])
}

const stretchAt = (known: Segment[], sk: string): Segment | undefined =>
  known.find((stretch) => stretch.sk <= sk && sk < stretch.up)
