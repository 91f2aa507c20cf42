import { type OffsetAt, offsetMinutes } from './zone.ts'

/** From `at` (milliseconds since 1970) on the clocks are `to` minutes ahead of UTC; until then it was `from`. */
export type ClockChange = { at: number; from: number; to: number }

/** The clocks of a zone over some years. */
export type Clock = {
  /** The offset that the first year begins with, and the change that brought it. */
  opening: { offset: number; since: ClockChange | undefined }
  changes: ClockChange[]
  /** When the clocks show what they show twice: around each change that puts them back. */
  repeated: { from: number; to: number }[]
  offsetAt: OffsetAt
}

const minute = 60_000
const week = 7 * 24 * 60 * minute
const earliest = Date.UTC(1900, 0, 1)
const years = new Map<string, ClockChange[]>()
const openings = new Map<string, ClockChange | undefined>()

/** The clocks of a zone from the first year to the last (of UTC), the changes in both included. */
export function clockOf(zone: string, first: number, last: number): Clock {
  const begin = Date.UTC(first, 0, 1)
  const span = Array.from({ length: last - first + 1 }, (_, n) => first + n)
  const changes = span.flatMap((year) => changesIn(zone, year))
  const offset = offsetMinutes(zone, begin)
  const since = remembered(openings, `${zone} ${first}`, () => changeBefore(zone, begin))
  const offsetAt = (millis: number) =>
    millis < begin || millis >= Date.UTC(last + 1, 0, 1)
      ? offsetMinutes(zone, millis)
      : (changes.findLast(({ at }) => at <= millis)?.to ?? offset)
  const repeated = [...(since ? [since] : []), ...changes].flatMap(({ at, from, to }) =>
    from > to ? { from: at - (from - to) * minute, to: at + (from - to) * minute } : [],
  )
  return { opening: { offset, since }, changes, repeated, offsetAt }
}

/** Whether the clocks show twice what they show at this instant: they are put back over it. */
export const isShownTwice = ({ repeated }: Clock, millis: number): boolean =>
  repeated.some(({ from, to }) => from <= millis && millis < to)

const changesIn = (zone: string, year: number): ClockChange[] =>
  remembered(years, `${zone} ${year}`, () => {
    const changes: ClockChange[] = []
    const end = Date.UTC(year + 1, 0, 1)
    // No zone has changed its clocks twice within a week.
    for (let from = Date.UTC(year, 0, 1) - minute; from < end - minute; from += week) {
      const change = changeBetween(zone, from, Math.min(from + week, end - minute))
      if (change) changes.push(change)
    }
    return changes
  })

function changeBefore(zone: string, end: number): ClockChange | undefined {
  for (let to = end - minute; to > earliest; to -= week) {
    const change = changeBetween(zone, to - week, to)
    if (change) return change
  }
  return undefined
}

/** The change after `from` and up to `to`. */
function changeBetween(zone: string, from: number, to: number): ClockChange | undefined {
  const [before, after] = [offsetMinutes(zone, from), offsetMinutes(zone, to)]
  if (before === after) return undefined
  let [early, late] = [from, to]
  while (late - early > minute) {
    const middle = early + Math.floor((late - early) / 2 / minute) * minute
    if (offsetMinutes(zone, middle) === before) early = middle
    else late = middle
  }
  return { at: late, from: before, to: after }
}

/** Finding costs far more than keeping; the cache is bounded since zones and years come from outside. */
function remembered<V>(known: Map<string, V>, name: string, find: () => V): V {
  const found = known.get(name)
  if (found !== undefined || known.has(name)) return found as V
  if (known.size >= 2000) known.clear()
  const made = find()
  known.set(name, made)
  return made
}
