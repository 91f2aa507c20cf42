import { createHash } from 'node:crypto'
import { textOfHtml } from '#lib/base/html-text.ts'
import { slugOf } from '#lib/base/slug.ts'
import { addDays, formatInstant, instantOf } from '#lib/base/time.ts'
import type { Event } from '#lib/model/event.ts'
import { instantsOf } from '#lib/model/session-times.ts'
import type { CalendarRow, Programme } from '#lib/store/read/calendars.ts'
import type { FrabDay, FrabEvent, FrabSchedule } from './frab-answer.ts'

/**
 * The programme as schedule apps read it (https://c3voc.de/schedule/schema), from which the XML form is printed as well.
 * Ids and guids follow from our ids: they stay whatever changes. `version` changes with every state of the programme.
 */
export function frabOf(event: Event, programme: Programme, version: string): FrabSchedule {
  const { dates, name } = event
  const sessions = programme.sessions.map((one) => eventOf(one, event, programme.names))
  const days = daysOf(event, programme.sessions, sessions)
  const rooms = [...new Set(sessions.map(({ room }) => room))].sort()
  return {
    version,
    conference: {
      acronym: acronymOf(event),
      title: name,
      start: dates.start,
      end: dates.end,
      daysCount: days.length,
      timeslot_duration: '00:05',
      time_zone_name: dates.zone,
      rooms: rooms.map((room) => ({ guid: guidOf(`${event.id} ${room}`), name: room })),
      days,
    },
  }
}

// The format has no other way to say it, and schedule apps show this one.
const cancelled = 'CANCELLED:'

/** At least four letters, digits and underscores. */
const acronymOf = ({ shortCode, dates }: Event): string => {
  const text = shortCode.replaceAll(/[^a-z0-9]+/g, '_')
  return text.length < 4 ? `${text}${dates.start.slice(0, 4)}` : text
}

function eventOf(
  session: CalendarRow,
  event: Event,
  names: ReadonlyMap<string, string>,
): FrabEvent {
  const { dates, language, location, urls } = event
  const { start, end } = instantsOf(session, dates.zone)
  const [guid, id] = [guidOf(session.id), numberOf(session.id)]
  const name = slugOf(session.name, 60)
  const holders = [...new Set(Object.values(session.roles).flat())]
  return {
    guid,
    id,
    date: formatInstant(start, dates.zone),
    start: session.start,
    end: formatInstant(end, dates.zone),
    duration: durationOf(Date.parse(end) - Date.parse(start)),
    // A programme is laid out by rooms: what has none stands under the place of the event.
    room: names.get(session.roomId ?? '') || session.location || location.name || '–',
    slug: `${acronymOf(event)}-${String(id).padStart(10, '0')}${name && `-${name}`}`,
    // Readers want an address of every session, and ours need not have one.
    url: session.links[0]?.url ?? Object.values(urls)[0] ?? `urn:uuid:${guid}`,
    title: session.status === 'CANCELLED' ? `${cancelled} ${session.name}` : session.name,
    subtitle: session.subtitle ?? '',
    track: session.trackIds.flatMap((id) => names.get(id) ?? [])[0] ?? '',
    type: session.format.toLowerCase(),
    language: session.language ?? language,
    abstract: '',
    description: textOfHtml(session.description),
    persons: holders.flatMap((id) => {
      const name = names.get(id)
      return name === undefined ? [] : [{ guid: guidOf(id), id: numberOf(id), name }]
    }),
    links: session.links.map((link) => ({ title: link.name || link.url, url: link.url })),
    attachments: [],
  }
}

/** Every day of the event, and others on which sessions begin. */
function daysOf({ dates }: Event, rows: CalendarRow[], events: FrabEvent[]): FrabDay[] {
  const byDay = Map.groupBy(events.keys(), (n) => rows[n]?.date ?? dates.start)
  const days = new Set(byDay.keys())
  for (let day = dates.start; day <= dates.end && days.size < 400; day = addDays(day, 1))
    days.add(day)
  return [...days].sort().map((date, n) => {
    const some = (byDay.get(date) ?? []).map((at) => events[at] as FrabEvent)
    const midnight = (day: string) => instantOf(Date.parse(`${day}T12:00:00Z`))
    return {
      index: n + 1,
      date,
      day_start: some[0]?.date ?? formatInstant(midnight(date), dates.zone),
      day_end: latest(some) ?? formatInstant(midnight(date), dates.zone),
      rooms: Object.fromEntries(Map.groupBy(some, ({ room }) => room)),
    }
  })
}

const latest = (events: FrabEvent[]): string | undefined =>
  events
    .map(({ end }) => end)
    .sort((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1)

/** `HH:MM`, of which readers take two digits each. */
function durationOf(millis: number): string {
  const minutes = Math.min(Math.round(millis / 60_000), 99 * 60 + 59)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

const digestOf = (id: string): Buffer => createHash('sha256').update(id).digest()

/** A UUID that an id always gets (RFC 9562, version 8). */
function guidOf(id: string): string {
  const bytes = digestOf(id).subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [8, 12, 16, 20, 32].map((to, n) => hex.slice([0, 8, 12, 16, 20][n], to)).join('-')
}

/** A positive number of 31 bits that an id always gets: older readers know no guid. */
const numberOf = (id: string): number => digestOf(id).readUInt32BE(16) & 0x7fff_ffff || 1
