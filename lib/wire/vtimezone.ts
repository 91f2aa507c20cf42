import type { Clock, ClockChange } from '#lib/base/clock-changes.ts'

/**
 * The VTIMEZONE component (RFC 5545 §3.6.5) of a zone: what holds when the first year begins and every change of the
 * years, whether an entry is there or not, so that a reader that keeps one zone of a name reads the next file right
 * as well. Without rules: ready-made blocks apply today's rule to the past, and so shift old events.
 */
export function vtimezoneOf(zone: string, { opening, changes }: Clock): string[] {
  const all = [...(opening.since ? [opening.since] : []), ...changes]
  const observances = all.length > 0 ? all.flatMap(observance) : always(opening.offset)
  return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...observances, 'END:VTIMEZONE']
}

function observance({ at, from, to }: ClockChange): string[] {
  const kind = to > from ? 'DAYLIGHT' : 'STANDARD'
  return [
    `BEGIN:${kind}`,
    // RFC 5545 wants the onset as the clocks showed it before they were changed.
    `DTSTART:${stampOf(at + from * 60_000)}`,
    `TZOFFSETFROM:${printed(from)}`,
    `TZOFFSETTO:${printed(to)}`,
    `END:${kind}`,
  ]
}

const always = (offset: number): string[] => [
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  `TZOFFSETFROM:${printed(offset)}`,
  `TZOFFSETTO:${printed(offset)}`,
  'END:STANDARD',
]

/** `20270328T020000`. */
export const stampOf = (millis: number): string =>
  new Date(millis).toISOString().slice(0, 19).replace(/[-:]/g, '')

function printed(minutes: number): string {
  const size = Math.abs(minutes)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
}
