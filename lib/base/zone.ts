import { onDemand } from './on-demand.ts'

const temporal = onDemand<typeof import('temporal-polyfill')>('temporal-polyfill')

const minuteMillis = 60_000
const dayMillis = 86_400_000
const formatters = new Map<string, Intl.DateTimeFormat>()

/** Minutes that the clocks of a place are ahead of UTC at an instant (milliseconds since 1970). */
export type OffsetAt = (millis: number) => number

/**
 * The zone as the time zone database spells it, whatever letter case it comes in; undefined for what is no zone or
 * link of it that this runtime knows. Raw offsets such as +02:00 are none.
 */
export function zoneNamed(text: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(text)) return undefined
  try {
    formatterOf(text)
    const { Instant } = temporal().Temporal
    return Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId
  } catch {
    return undefined
  }
}

const stretchMillis = 6 * 3_600_000
const stretches = new Map<string, Map<number, number | undefined>>()

/** Minutes that the clocks of a zone are ahead of UTC. Most stretches of six hours have one offset: it is kept. */
export function offsetMinutes(zone: string, millis: number): number {
  const stretch = Math.floor(millis / stretchMillis)
  const known = stretches.get(zone) ?? new Map<number, number | undefined>()
  if (!known.has(stretch)) {
    if (known.size >= 10_000) known.clear()
    known.set(stretch, offsetOfAll(zone, stretch * stretchMillis))
    if (stretches.size >= 1000) stretches.clear()
    stretches.set(zone, known)
  }
  return known.get(stretch) ?? offsetAt(zone, millis)
}

/** The offset of a whole stretch; undefined where it changes. */
function offsetOfAll(zone: string, start: number): number | undefined {
  const first = offsetAt(zone, start)
  return offsetAt(zone, start + stretchMillis - 1) === first ? first : undefined
}

// Offsets of the early 1970s can have seconds; ISO 8601 cannot print them, so local times drop them too.
function offsetAt(zone: string, millis: number): number {
  const [, sign, hour, minute] =
    /GMT(?:([+-])(\d\d):(\d\d))?/.exec(formatterOf(zone).format(millis)) ?? []
  if (sign === undefined) return 0
  const minutes = Number(hour) * 60 + Number(minute)
  return sign === '-' ? -minutes : minutes
}

/** When clocks show a time: `skipped` tells that they never do, since they are put forward over it. */
export type Showing = { at: number; skipped: boolean }

/**
 * When the clocks show a wall time (as if it were UTC, in milliseconds): the first of two such instants; a skipped
 * time counts with the offset before the gap (RFC 5545, section 3.3.5), so that the first skipped minute is the very
 * instant of the change.
 */
export function showing(wall: number, offsetAt: OffsetAt): Showing {
  const before = offsetAt(wall - dayMillis)
  const first = wall - before * minuteMillis
  if (offsetAt(first) === before) return { at: first, skipped: false }
  const second = wall - offsetAt(wall + dayMillis) * minuteMillis
  const isShown = second + offsetAt(second) * minuteMillis === wall
  return isShown ? { at: second, skipped: false } : { at: first, skipped: true }
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known !== undefined) return known
  // Rows of older versions have zones in any letter case, so the cache is bounded; building costs far more than use.
  if (formatters.size >= 1000) formatters.clear()
  const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  formatters.set(zone, made)
  return made
}
