import { fitsAnswer } from '#lib/base/answer-size.ts'
import { type Clock, clockOf } from '#lib/base/clock-changes.ts'
import { instantOf } from '#lib/base/time.ts'
import type { Event } from '#lib/model/event.ts'
import type { Person } from '#lib/model/person.ts'
import { roles } from '#lib/model/session.ts'
import { timesOn } from '#lib/model/session-times.ts'
import {
  type CalendarRow,
  eventProgramme,
  eventState,
  type Programme,
  type ProgrammeState,
  personProgramme,
  personState,
} from '#lib/store/read/calendars.ts'
import type { Appointment } from '#lib/store/read/meetings.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type CalendarSession, calendarOf } from './calendar.ts'
import { etagOf } from './presentation.ts'

/** A calendar file as an answer has it: bytes, type and a tag that changes with them. */
export type CalendarFile = { status: number; bytes: string; headers: Record<string, string> }
/** Whether the client has the file of this tag. */
export type IsKnown = (etag: string) => boolean

/** Every session of the event. */
export const eventCalendar = (scope: EventScope, event: Event, isKnown: IsKnown) =>
  fileOf(event, isKnown, {
    state: () => eventState(scope),
    programme: () => eventProgramme(scope),
  })

/** What a person's days hold: sessions attended or with a role, and booked meetings. */
export const personCalendar = (scope: EventScope, event: Event, person: Person, isKnown: IsKnown) =>
  fileOf(event, isKnown, {
    state: () => personState(scope, person),
    programme: () => personProgramme(scope, person),
  })

/** Counts up when the same programme is printed otherwise. */
const form = 2

type Read = { state: () => Promise<ProgrammeState>; programme: () => Promise<Programme> }

/** The tag is of what the file is made of, read before it: nobody keeps an old file under a new tag. */
async function fileOf(event: Event, isKnown: IsKnown, read: Read): Promise<CalendarFile> {
  const { name, dates, urls, moved } = event
  const etag = etagOf([form, name, dates, urls, moved ?? null, await read.state()])
  if (isKnown(etag)) return { status: 304, bytes: '', headers: { etag } }
  const headers = {
    'content-type': 'text/calendar; charset=utf-8',
    'content-disposition': 'inline; filename="calendar.ics"',
    etag,
  }
  return { status: 200, bytes: printed(event, await read.programme()), headers }
}

function printed(event: Event, programme: Programme): string {
  const { zone, start } = event.dates
  const clock = clockAround(zone, programme.sessions)
  const all = [
    ...programme.sessions.map((one) => entryOf(one, event, programme.names, clock)),
    ...programme.meetings.map(meetingEntry),
  ]
  const url = Object.values(event.urls)[0]
  return smallEnough(
    (sessions) => calendarOf({ name: event.name, zone, day: start, sessions, ...(url && { url }) }),
    all,
  )
}

function clockAround(zone: string, sessions: CalendarRow[]): Clock {
  const years = sessions.map(({ date }) => Number(date.slice(0, 4)))
  const [first, last] = [
    years.reduce((a, b) => Math.min(a, b), 3000),
    years.reduce((a, b) => Math.max(a, b), 0),
  ]
  return clockOf(zone, first - 1, last + 1)
}

/** Lambda answers at most 6 MB: a calendar beyond that goes without descriptions. */
function smallEnough(print: (sessions: CalendarSession[]) => string, all: CalendarSession[]) {
  const whole = print(all)
  if (fitsAnswer(whole)) return whole
  return print(all.map((session) => ({ ...session, descriptionHtml: '' })))
}

function entryOf(
  session: CalendarRow,
  { moved, urls }: Event,
  names: ReadonlyMap<string, string>,
  clock: Clock,
): CalendarSession {
  const named = (ids: string[]) => ids.flatMap((id) => names.get(id) ?? [])
  const [first] = session.links
  const url = first?.url ?? Object.values(urls)[0]
  const { start, end } = timesOn(session, clock.offsetAt)
  return {
    id: session.id,
    name: session.name,
    descriptionHtml: session.description,
    details: [...rolesOf(session, named), ...linksOf(session)],
    categories: named(session.trackIds),
    start: instantOf(start),
    end: instantOf(end),
    ...(session.location && { location: session.location }),
    ...(url && { url }),
    // Every change of the session counts up its version, and every change of the event's zone moves it.
    sequence: session.vr - 1 + (moved?.times ?? 0),
    updatedAt: moved && moved.at > session.updatedAt ? moved.at : session.updatedAt,
  }
}

const rolesOf = (session: CalendarRow, named: (ids: string[]) => string[]): string[] =>
  roles.flatMap(({ id, name }) => {
    const people = named(session.roles[id] ?? [])
    return people.length > 0 ? `${name}: ${people.join(', ')}` : []
  })

const linksOf = ({ links }: CalendarRow): string[] =>
  links.map(({ name, url }) => (name ? `${name}: ${url}` : url))

const meetingEntry = ({ title, note, ...meeting }: Appointment): CalendarSession => ({
  ...meeting,
  name: title,
  descriptionHtml: '',
  note,
})
