import { Temporal } from 'temporal-polyfill'
import type { Instant } from '#lib/base/time.ts'

/**
 * The VTIMEZONE component (RFC 5545 §3.6.5) that holds for the given instants: the observances in force
 * at them, without rules. Ready-made blocks apply today's rule to the past, and so shift old events.
 */
export function vtimezoneOf(zone: string, instants: Instant[]): string {
  const observances: string[] = []
  let until: Temporal.Instant | undefined
  for (const instant of [...instants].sort()) {
    const at = Temporal.Instant.from(instant)
    if (observances.length > 0 && (!until || Temporal.Instant.compare(at, until) < 0)) continue
    const there = at.toZonedDateTimeISO(zone)
    observances.push(observance(there))
    until = there.getTimeZoneTransition('next')?.toInstant()
  }
  return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...observances, 'END:VTIMEZONE'].join('\r\n')
}

function observance(there: Temporal.ZonedDateTime): string {
  const change = there.getTimeZoneTransition('previous')
  const to = there.offsetNanoseconds
  const before = change?.subtract({ nanoseconds: 1 }).offsetNanoseconds ?? to
  const kind = to > before ? 'DAYLIGHT' : 'STANDARD'
  return [
    `BEGIN:${kind}`,
    `DTSTART:${change ? localBefore(change.epochMilliseconds + before / 1e6) : '19700101T000000'}`,
    `TZOFFSETFROM:${printed(before)}`,
    `TZOFFSETTO:${printed(to)}`,
    `END:${kind}`,
  ].join('\r\n')
}

// RFC 5545 wants the onset as the clocks showed it before they were changed.
const localBefore = (millis: number): string =>
  new Date(millis).toISOString().slice(0, 19).replace(/[-:]/g, '')

function printed(nanoseconds: number): string {
  const seconds = Math.abs(nanoseconds) / 1e9
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const digits = parts.map((part) => String(part).padStart(2, '0')).join('')
  return (nanoseconds < 0 ? '-' : '+') + digits.replace(/^(\d{4})00$/, '$1')
}
