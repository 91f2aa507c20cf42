import { type Clock, clockOf, isShownTwice } from '#lib/base/clock-changes.ts'
import { textOfHtml } from '#lib/base/html-text.ts'
import { type Instant, millisOf } from '#lib/base/time.ts'
import { escaped, folded, uriOf } from './calendar-line.ts'
import { stampOf, vtimezoneOf } from './vtimezone.ts'

export type CalendarSession = {
  id: string
  name: string
  descriptionHtml: string
  /** Plain text in place of the HTML. */
  note?: string
  /** Lines below the description: who speaks, further links. */
  details?: string[]
  start: Instant
  end: Instant
  location?: string
  categories?: string[]
  /** Grows with every change of the session, so that clients take the newer one (RFC 5545 §3.8.7.4). */
  sequence: number
  updatedAt: Instant
  url?: string
  status?: 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED'
}
export type CalendarInput = {
  name: string
  zone: string
  url?: string
  /** A day of the year whose clocks are told when there is no session. */
  day?: string
  sessions: CalendarSession[]
}

/** How often calendar programs may ask; asking for nothing new costs little. */
const refresh = 'PT1H'

/**
 * An iCalendar file (RFC 5545, RFC 7986) of the sessions, in the event's zone. The same input gives the same
 * bytes, whenever asked.
 */
export function calendarOf({ name, zone, url, day, sessions }: CalendarInput): string {
  const clock = clockAround(zone, day, sessions)
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Plenary//Plenary//EN',
    `NAME:${escaped(name)}`,
    `X-WR-CALNAME:${escaped(name)}`,
    `X-WR-TIMEZONE:${zone}`,
    ...(url ? [`URL:${uriOf(url)}`] : []),
    `REFRESH-INTERVAL;VALUE=DURATION:${refresh}`,
    `X-PUBLISHED-TTL:${refresh}`,
    ...vtimezoneOf(zone, clock),
    ...sessions.flatMap((session) => linesOf(session, zone, clock)),
    'END:VCALENDAR',
    '',
  ]
  return lines.map(folded).join('\r\n')
}

/** The clocks of the years in which sessions are, and of one more on either side. */
function clockAround(zone: string, day: string | undefined, sessions: CalendarSession[]): Clock {
  const instants = sessions.flatMap(({ start, end }) => [start, end])
  if (instants.length === 0) instants.push(day ?? '2000')
  const years = instants.map((instant) => Number(instant.slice(0, 4)))
  const [first, last] = [Math.min, Math.max].map((most) => years.reduce((a, b) => most(a, b)))
  return clockOf(zone, (first ?? 0) - 1, (last ?? 0) + 1)
}

function linesOf(session: CalendarSession, zone: string, clock: Clock): string[] {
  const { location, url, categories = [], status = 'CONFIRMED' } = session
  const stamp = `${stampOf(millisOf(session.updatedAt))}Z`
  const times = [millisOf(session.start), millisOf(session.end)] as const
  const printed = (millis: number) => stampOf(millis + clock.offsetAt(millis) * 60_000)
  // In the hour that autumn repeats, readers differ on which of the two is meant; UTC leaves no choice.
  const isUnclear = times.some((millis) => isShownTwice(clock, millis))
  const when = (millis: number) =>
    isUnclear ? `:${stampOf(millis)}Z` : `;TZID=${zone}:${printed(millis)}`
  const description = descriptionOf(session)
  return [
    'BEGIN:VEVENT',
    `UID:${session.id}@plenary`,
    `SEQUENCE:${session.sequence}`,
    `DTSTAMP:${stamp}`,
    `LAST-MODIFIED:${stamp}`,
    `DTSTART${when(times[0])}`,
    `DTEND${when(times[1])}`,
    `SUMMARY:${escaped(session.name)}`,
    ...(description ? [`DESCRIPTION:${escaped(description)}`] : []),
    ...(location ? [`LOCATION:${escaped(location)}`] : []),
    ...(url ? [`URL:${uriOf(url)}`] : []),
    ...(categories.length > 0 ? [`CATEGORIES:${categories.map(escaped).join(',')}`] : []),
    `STATUS:${status}`,
    'END:VEVENT',
  ]
}

function descriptionOf({ note, descriptionHtml, details = [] }: CalendarSession): string {
  const text = note ?? textOfHtml(descriptionHtml)
  return [text, details.join('\n')].filter((part) => part !== '').join('\n\n')
}
