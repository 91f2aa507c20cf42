import type { Temporal } from 'temporal-polyfill'
import { onDemand } from '#lib/base/on-demand.ts'

const temporal = onDemand<typeof import('temporal-polyfill')>('temporal-polyfill')

/** From `start` up to, not including, `end`; milliseconds since 1970. */
export type Interval = { readonly start: number; readonly end: number }

/** Times of one date, or of one weekday (1 Monday … 7) of every week, on the clocks of some zone. */
export type AvailabilityRule = {
  readonly date?: string | undefined
  readonly weekday?: number | undefined
  readonly start: string
  readonly end: string
}

/** Slots that one answer lists at most; ask for a later window to see more. */
export const MAX_SLOTS = 1000

const MINUTE = 60_000
const DAY = 86_400_000
// Weekly rules are spread over this much of a window; an event of ten years is a mistake.
const LONGEST_WINDOW = 3660 * DAY

/**
 * The field that makes a rule unusable, or undefined. A rule names a date or a weekday, not both;
 * its end is later than its start on the same day, at most 24:00: a night takes two rules.
 */
export function ruleFault(rule: AvailabilityRule): keyof AvailabilityRule | undefined {
  if ((rule.date === undefined) === (rule.weekday === undefined)) return 'date'
  if (rule.date !== undefined && dayOf(rule.date) === undefined) return 'date'
  if (rule.weekday !== undefined && ![1, 2, 3, 4, 5, 6, 7].includes(rule.weekday)) return 'weekday'
  const start = minutesOf(rule.start)
  const end = minutesOf(rule.end)
  if (start === undefined || start === 1440) return 'start'
  return end === undefined || end <= start ? 'end' : undefined
}

/** The whole event: from the first moment of its first day to the last of its last, in its zone. */
export function eventSpan(startDate: string, endDate: string, zone: string): Interval {
  const midnight = (day: Temporal.PlainDate) => day.toZonedDateTime(zone).epochMilliseconds
  const { PlainDate } = temporal().Temporal
  const start = midnight(PlainDate.from(startDate))
  return { start, end: midnight(PlainDate.from(endDate).add({ days: 1 })) }
}

/**
 * When somebody is there, within the window and the event: always without rules, else whenever the
 * clocks of the rules' zone show a time that a rule names. So an hour skipped in spring is simply
 * not there, and one that comes twice in autumn counts twice. Merged and in order.
 */
export function availability(
  rules: readonly AvailabilityRule[],
  zone: string,
  window: { readonly from: number; readonly to: number },
  event: Interval,
): Interval[] {
  const start = Math.max(window.from, event.start)
  const end = Math.min(window.to, event.end, start + LONGEST_WINDOW)
  if (start >= end) return []
  if (rules.length === 0) return [{ start, end }]
  const spans = offsetSpans(zone, { start, end })
  return merge(
    rules.flatMap((rule) =>
      daysOf(rule, { start, end }).flatMap((day) => {
        const from = day * DAY + (minutesOf(rule.start) ?? 0) * MINUTE
        const to = day * DAY + (minutesOf(rule.end) ?? 0) * MINUTE
        return spans.map((span) => ({
          start: Math.max(from - span.offset, span.start),
          end: Math.min(to - span.offset, span.end),
        }))
      }),
    ),
  )
}

/** In order, without overlaps, touching ones joined, empty ones dropped. */
export function merge(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = []
  const sorted = intervals.filter(({ start, end }) => start < end)
  for (const next of sorted.sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last && next.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, next.end) }
    } else merged.push(next)
  }
  return merged
}

/** What is in both. */
export function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const [ours, theirs] = [merge(a), merge(b)]
  const common: Interval[] = []
  for (let i = 0, j = 0; i < ours.length && j < theirs.length; ) {
    const [one, other] = [ours[i], theirs[j]]
    if (!one || !other) break
    common.push({ start: Math.max(one.start, other.start), end: Math.min(one.end, other.end) })
    if (one.end < other.end) i++
    else j++
  }
  return merge(common)
}

/** What is in `from` and not in `busy`. */
export function subtract(from: readonly Interval[], busy: readonly Interval[]): Interval[] {
  const taken = merge(busy)
  const gaps = [...taken, { start: Infinity, end: Infinity }].map((next, at) => ({
    start: taken[at - 1]?.end ?? -Infinity,
    end: next.start,
  }))
  return intersect(from, gaps)
}

/** True when one of the intervals, joined where they touch, holds all of start…end. */
export function contains(intervals: readonly Interval[], start: number, end: number): boolean {
  return start < end && merge(intervals).some((one) => one.start <= start && end <= one.end)
}

/**
 * Meetings of a length that fit where both are free and neither is busy. They start on the quarter
 * hour (every zone of today is whole quarters from UTC), those under 15 minutes on multiples of 5,
 * and overlap one another: each is one choice. At most `MAX_SLOTS`, the earliest.
 */
export function freeSlots(
  a: readonly Interval[],
  b: readonly Interval[],
  busy: readonly Interval[],
  durationMinutes: number,
): Interval[] {
  const stepMinutes = durationMinutes < 15 ? 5 : 15
  const [length, step] = [durationMinutes * MINUTE, stepMinutes * MINUTE]
  const slots: Interval[] = []
  for (const free of subtract(intersect(a, b), busy)) {
    let start = Math.ceil(free.start / step) * step
    for (; start + length <= free.end && slots.length < MAX_SLOTS; start += step) {
      slots.push({ start, end: start + length })
    }
  }
  return slots
}

/** Days since 1970 of a real date `YYYY-MM-DD`. */
function dayOf(date: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return undefined
  const millis = Date.parse(`${date}T00:00:00Z`)
  const real = !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(date)
  return real ? millis / DAY : undefined
}

function minutesOf(time: string): number | undefined {
  if (time === '24:00') return 1440
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? []
  return hour === undefined ? undefined : Number(hour) * 60 + Number(minute)
}

/** Local days a rule names that can touch the span in some zone: a day more on either side. */
function daysOf(rule: AvailabilityRule, span: Interval): number[] {
  const first = Math.floor(span.start / DAY) - 1
  const last = Math.floor(span.end / DAY) + 1
  if (rule.date !== undefined) {
    const day = dayOf(rule.date)
    return day === undefined || day < first || day > last ? [] : [day]
  }
  const days: number[] = []
  // Day 0 was a Thursday, weekday 4.
  const ahead = ((((rule.weekday ?? 0) - 4 - first) % 7) + 7) % 7
  for (let day = first + ahead; day <= last; day += 7) days.push(day)
  return days
}

/** The span in pieces of one offset from UTC each, in milliseconds. */
function offsetSpans(zone: string, span: Interval): (Interval & { offset: number })[] {
  const { Instant } = temporal().Temporal
  const spans: (Interval & { offset: number })[] = []
  for (let start = span.start; start < span.end; ) {
    const at = Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(zone)
    const next = at.getTimeZoneTransition('next')?.epochMilliseconds ?? span.end
    const end = Math.min(next, span.end)
    spans.push({ start, end, offset: at.offsetNanoseconds / 1e6 })
    start = end
  }
  return spans
}
