import ical, { escape as escaped, ICalEventStatus } from 'ical-generator'
import { Temporal } from 'temporal-polyfill'
import { textOfHtml } from '#lib/base/html.ts'
import type { Instant } from '#lib/base/time.ts'
import { vtimezoneOf } from './vtimezone.ts'

export type CalendarSession = {
  id: string
  name: string
  descriptionHtml: string
  /** Plain text in place of the HTML. */
  note?: string
  start: Instant
  end: Instant
  location?: string
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
  sessions: CalendarSession[]
}

/**
 * An iCalendar file (RFC 5545) of the sessions, in the event's zone. The same input gives the same
 * bytes, whenever asked, so that an ETag over them is stable.
 */
export function calendarOf({ name, zone, url, sessions }: CalendarInput): string {
  const instants = sessions.flatMap(({ start, end }) => [start, end])
  const calendar = ical({
    // The generator prints a calendar's name and URL as they are.
    name: escaped(name, false),
    prodId: { company: 'Plenary', product: 'Plenary', language: 'EN' },
    // A zone named here instead of at the events would put DTSTAMP into local time, which must be UTC.
    timezone: { name: null, generator: () => vtimezoneOf(zone, instants) },
    ...(url === undefined ? {} : { url: uriOf(url) }),
  })
  for (const session of sessions) calendar.createEvent(eventOf(session, zone))
  return `${calendar.toString()}\r\n`
}

function eventOf(session: CalendarSession, zone: string) {
  return {
    id: `${session.id}@plenary`,
    sequence: session.sequence,
    stamp: session.updatedAt,
    lastModified: session.updatedAt,
    start: Temporal.Instant.from(session.start),
    end: Temporal.Instant.from(session.end),
    timezone: isShownTwice(session.start, zone) || isShownTwice(session.end, zone) ? null : zone,
    summary: session.name,
    description: (session.note ?? textOfHtml(session.descriptionHtml)) || null,
    location: session.location ? session.location : null,
    url: session.url ? uriOf(session.url) : null,
    status: session.status ? ICalEventStatus[session.status] : null,
  }
}

// The generator escapes URIs as if they were text, which readers do not undo.
const uriOf = (url: string): string =>
  new URL(url).href.replaceAll(',', '%2C').replaceAll(';', '%3B').replaceAll('\\', '%5C')

// In the hour that autumn repeats, readers differ on which of the two is meant; UTC leaves no choice.
function isShownTwice(instant: Instant, zone: string): boolean {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime()
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(zone, { disambiguation }),
  )
  return earlier?.epochMilliseconds !== later?.epochMilliseconds
}
