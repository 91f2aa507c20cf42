import type { Instant } from '#lib/base/time.ts'
import { instantOf, millisOf } from '#lib/base/time.ts'

/** One stay of a user of an access group; `in` and `out` as instants or in milliseconds. */
export type GroupStay = { user: number; group: number; in: Instant | number; out: Instant | number }
type Bounds = { firstIn: Instant; lastOut: Instant }
type MaybeBounds = { firstIn: Instant | null; lastOut: Instant | null }
export type UserUsage = { user: number; group: number; seconds: number; logs: number } & Bounds
export type GroupUsage = { group: number; seconds: number; users: number; logs: number } & Bounds
export type TotalUsage = { seconds: number; users: number; logs: number } & MaybeBounds
export type MinuteUsage = { minute: Instant; users: number }
export type Usage = {
  users: UserUsage[]
  groups: GroupUsage[]
  total: TotalUsage
  concurrency: MinuteUsage[]
}

type Span = [from: number, to: number]
type Row = { user: number; group: number; spans: Span[] }
type Figures = { seconds: number; logs: number; first: number; last: number }

const minuteMillis = 60_000
const gapMinutes = 7 * 24 * 60

/**
 * What a bill needs. A stay is [in, out); those of one user in one group are merged, added up in
 * milliseconds and cut down to whole seconds once, so that groups and total are exact sums of the
 * users' seconds. A user counts in every minute that the stay touches. Minutes without users are
 * listed as 0 unless all of it spans more than 7 days.
 */
export function usageOf(logs: Iterable<GroupStay>): Usage {
  const usage = startUsage()
  for (const log of logs) usage.add(log)
  return usage.result()
}

/**
 * The same, log by log, for callers who read page by page. Order does not matter. `since` (milliseconds since
 * 1970) bounds the list of minutes for logs that are spread over years.
 */
export function startUsage(since = 0): { add: (log: GroupStay) => void; result: () => Usage } {
  const rows = new Map<string, Row>()
  return {
    add(log) {
      const key = `${log.group}/${log.user}`
      const row = rows.get(key) ?? { user: log.user, group: log.group, spans: [] }
      if (row.spans.length === 0) rows.set(key, row)
      const from = typeof log.in === 'number' ? log.in : millisOf(log.in)
      const to = typeof log.out === 'number' ? log.out : millisOf(log.out)
      row.spans.push([from, Math.max(from, to)])
    },
    result: () =>
      resultOf(
        [...rows.values()].sort((a, b) => a.group - b.group || a.user - b.user),
        since,
      ),
  }
}

function resultOf(rows: Row[], since: number): Usage {
  const groups = new Map<number, Figures[]>()
  const users: UserUsage[] = []
  const all: Figures[] = []
  for (const row of rows) {
    const figures = figuresOf(row.spans)
    const group = groups.get(row.group)
    if (group === undefined) groups.set(row.group, [figures])
    else group.push(figures)
    all.push(figures)
    users.push({ user: row.user, group: row.group, ...printed(figures) })
  }
  return {
    users,
    groups: [...groups].map(([group, figures]) => ({
      group,
      users: figures.length,
      ...printed(sumOf(figures)),
    })),
    total: totalOf(all, new Set(rows.map(({ user }) => user)).size),
    concurrency: concurrencyOf(rows, since),
  }
}

function figuresOf(spans: Span[]): Figures {
  const merged = mergedOf(spans)
  const millis = merged.reduce((sum, [from, to]) => sum + to - from, 0)
  return {
    seconds: Math.floor(millis / 1000),
    logs: spans.length,
    first: merged[0]?.[0] ?? 0,
    last: merged.at(-1)?.[1] ?? 0,
  }
}

const sumOf = (figures: Figures[]): Figures =>
  figures.reduce((sum, one) => ({
    seconds: sum.seconds + one.seconds,
    logs: sum.logs + one.logs,
    first: Math.min(sum.first, one.first),
    last: Math.max(sum.last, one.last),
  }))

const printed = ({ seconds, logs, first, last }: Figures) => ({
  seconds,
  logs,
  firstIn: instantOf(first),
  lastOut: instantOf(last),
})

const totalOf = (figures: Figures[], users: number): TotalUsage =>
  figures.length === 0
    ? { users, seconds: 0, logs: 0, firstIn: null, lastOut: null }
    : { users, ...printed(sumOf(figures)) }

// Overlapping and touching spans become one, in order of time.
function mergedOf(spans: Span[]): Span[] {
  const merged: Span[] = []
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

function concurrencyOf(rows: Row[], since: number): MinuteUsage[] {
  const changes = new Map<number, number>()
  const change = (minute: number, by: number) =>
    changes.set(minute, (changes.get(minute) ?? 0) + by)
  const byUser = new Map<number, Span[]>()
  for (const { user, spans } of rows) byUser.set(user, [...(byUser.get(user) ?? []), ...spans])
  for (const spans of byUser.values()) {
    for (const [from, to] of mergedOf(spans.flatMap((span) => minutesOf(span, since)))) {
      change(from, 1)
      change(to, -1)
    }
  }
  return listed([...changes].sort(([a], [b]) => a - b))
}

// In whole minutes and half open, so that two stays within one minute merge and count once.
const minutesOf = ([from, to]: Span, since: number): Span[] =>
  from < to && to > since
    ? [[Math.floor(Math.max(from, since) / minuteMillis), Math.ceil(to / minuteMillis)]]
    : []

function listed(changes: [minute: number, by: number][]): MinuteUsage[] {
  const list: MinuteUsage[] = []
  const spanned = (changes.at(-1)?.[0] ?? 0) - (changes[0]?.[0] ?? 0)
  let users = 0
  changes.forEach(([minute, by], at) => {
    users += by
    const end = changes[at + 1]?.[0] ?? minute
    if (users === 0 && spanned > gapMinutes) return
    for (let now = minute; now < end; now += 1) {
      list.push({ minute: instantOf(now * minuteMillis), users })
    }
  })
  return list
}
