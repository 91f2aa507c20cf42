import type { Interval } from '#lib/model/availability.ts'
import type { Scan } from './scan.ts'

/** How long somebody was there: merged intervals, of which one that goes on ends with `until`. */
export type Attendance = {
  intervals: Interval[]
  seconds: number
  firstIn: number
  /** Absent while they are inside. */
  lastOut?: number
}

type Passage = Pick<Scan, 'id' | 'at' | 'type'>

/**
 * What scans that were let through come to, in whatever order they came: by the time of scanning, an entry begins what
 * the next exit ends. An entry of somebody inside, and an exit of somebody outside, say nothing new. Whoever has not left
 * is there until `until`. `others` are times of which we know otherwise. Nothing for who never entered.
 */
export function attendanceOf(
  scans: Passage[],
  until: number,
  others: Interval[] = [],
): Attendance | undefined {
  const inOrder = scans.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  const intervals: Interval[] = []
  let since: number | undefined
  for (const { at, type } of inOrder) {
    if (type === 'entry') since ??= at
    else if (since !== undefined) {
      intervals.push({ start: since, end: at })
      since = undefined
    }
  }
  const isInside = since !== undefined
  if (since !== undefined) intervals.push({ start: since, end: Math.max(since, until) })
  const merged = union([...intervals, ...others])
  const [first] = merged
  if (!first) return undefined
  const last = merged.at(-1)?.end ?? first.end
  return {
    intervals: merged,
    seconds: secondsOf(merged),
    firstIn: first.start,
    ...(!isInside && { lastOut: last }),
  }
}

/** Intervals in order of which none touch. */
function union(intervals: Interval[]): Interval[] {
  const merged: Interval[] = []
  for (const { start, end } of intervals.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last && start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, end) }
    } else merged.push({ start, end })
  }
  return merged
}

const secondsOf = (intervals: Interval[]): number =>
  Math.floor(intervals.reduce((sum, { start, end }) => sum + end - start, 0) / 1000)
