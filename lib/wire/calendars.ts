import { fitsAnswer } from '#lib/base/answer-size.ts'
import { type Clock, clockOf } from '#lib/base/clock-changes.ts'
import { type Instant, instantOf } from '#lib/base/time.ts'
import { type Event, firstUrl } from '#lib/model/event.ts'
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
  sessionProgramme,
} from '#lib/store/read/calendars.ts'
import { type Appointment, bookedMeetings } from '#lib/store/read/meetings.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type CalendarSession, calendarOf } from './calendar.ts'
import { etagOf } from './presentation.ts'

/** A calendar file as an answer has it: bytes, type and a tag that changes with them. */
export type CalendarFile = { status: number; bytes: string; headers: Record<string, string> }
/** Whether the client has the file of this tag. */
export type IsKnown = (etag: string) => boolean

const ofEvent = (scope: EventScope): Read => ({
  state: () => eventState(scope),
  programme: () => eventProgramme(scope),
})

/** Every session of the event. */
export const eventCalendar = (scope: EventScope, event: Event, isKnown: IsKnown) =>
  fileOf(event, isKnown, { ...ofEvent(scope), ...icalendar })

/** The same for schedule apps. */
export const eventSchedule = (
  scope: EventScope,
  event: Event,
  isKnown: IsKnown,
  form: 'json' | 'xml',
) => fileOf(event, isKnown, { ...ofEvent(scope), ...scheduleForms[form] })

/** One session, for a calendar that is kept by hand; no session: no entry. */
export const sessionCalendar = (
  scope: EventScope,
  event: Event,
  session: string,
  isKnown: IsKnown,
) =>
  fileOf(event, isKnown, {
    state: async () => [await sessionProgramme(scope, session)],
    programme: () => sessionProgramme(scope, session),
    ...icalendar,
    name: 'session.ics',
  })

/** What a person's days hold: sessions attended or with a role, and booked meetings. */
export function personCalendar(
  scope: EventScope,
  event: Event,
  person: Person,
  isKnown: IsKnown,
): Promise<CalendarFile> {
  // Read once: the file holds the very meetings that its tag is of.
  const booked = bookedMeetings(scope, person.id)
  return fileOf(event, isKnown, {
    state: () => personState(scope, person, booked),
    programme: () => personProgramme(scope, person, booked),
    ...icalendar,
  })
}

/** Counts up when the same programme is printed otherwise. */
const edition = 3

type Read = { state: () => Promise<ProgrammeState>; programme: () => Promise<Programme> }
type Form = {
  type: string
  name: string
  /** `version` changes with every state of what is printed. */
  print: (event: Event, programme: Programme, version: string) => Promise<string>
}

const icalendar: Form = {
  type: 'text/calendar; charset=utf-8',
  name: 'calendar.ics',
  print: async (...programme) => smallEnough(programme, printed),
}

// Loaded at first use: few ask for them.
const scheduleForms: Record<'json' | 'xml', Form> = {
  json: {
    type: 'application/json',
    name: 'schedule.json',
    print: async (...programme) => {
      const { frabOf } = await import('./frab.ts')
      return smallEnough(programme, (...all) => JSON.stringify({ schedule: frabOf(...all) }))
    },
  },
  xml: {
    type: 'application/xml; charset=utf-8',
    name: 'schedule.xml',
    print: async (...programme) => {
      const [{ frabOf }, { frabXml }] = await Promise.all([
        import('./frab.ts'),
        import('./frab-xml.ts'),
      ])
      return smallEnough(programme, (...all) => frabXml(frabOf(...all)))
    },
  },
}

/** Lambda answers at most 6 MB: a file beyond that goes without descriptions. */
function smallEnough(
  [event, programme, version]: Parameters<Form['print']>,
  print: (...all: Parameters<Form['print']>) => string,
): string {
  const whole = print(event, programme, version)
  if (fitsAnswer(whole)) return whole
  const sessions = programme.sessions.map((one) => ({ ...one, description: '' }))
  return print(event, { ...programme, sessions }, version)
}

/** The tag is of what the file is made of, read before it: nobody keeps an old file under a new tag. */
async function fileOf(event: Event, isKnown: IsKnown, read: Read & Form): Promise<CalendarFile> {
  const { name, dates, urls, moved, language, location, shortCode } = event
  const own = [name, dates, urls, moved ?? null, language, location, shortCode]
  const etag = etagOf([edition, read.name, own, await read.state()])
  if (isKnown(etag)) return { status: 304, bytes: '', headers: { etag } }
  const headers = {
    'content-type': read.type,
    'content-disposition': `inline; filename="${read.name}"`,
    etag,
  }
  const bytes = await read.print(event, await read.programme(), etag.replaceAll('"', ''))
  return { status: 200, bytes, headers }
}

function printed(event: Event, programme: Programme): string {
  const { zone, start } = event.dates
  const clock = clockAround(zone, programme.sessions)
  const sessions = [
    ...programme.sessions.map((one) => entryOf(one, event, programme, clock)),
    ...programme.meetings.map((one) => meetingEntry(one, programme)),
  ]
  const url = firstUrl(event)
  return calendarOf({ name: event.name, zone, day: start, sessions, ...(url && { url }) })
}

function clockAround(zone: string, sessions: CalendarRow[]): Clock {
  const years = sessions.map(({ date }) => Number(date.slice(0, 4)))
  const [first, last] = [
    years.reduce((a, b) => Math.min(a, b), 3000),
    years.reduce((a, b) => Math.max(a, b), 0),
  ]
  return clockOf(zone, first - 1, last + 1)
}

function entryOf(
  session: CalendarRow,
  event: Event,
  programme: Programme,
  clock: Clock,
): CalendarSession {
  const { moved } = event
  const revision = programme.revisions.get(session.id)
  const named = (ids: string[]) => ids.flatMap((id) => programme.names.get(id) ?? [])
  const [first] = session.links
  const url = first?.url ?? firstUrl(event)
  const { start, end } = timesOn(session, clock.offsetAt)
  const place = placeOf(session, programme.names)
  return {
    id: session.id,
    name: session.name,
    descriptionHtml: session.description,
    details: [session.subtitle ?? '', ...rolesOf(session, named), ...linksOf(session)].filter(
      Boolean,
    ),
    categories: named(session.trackIds),
    start: instantOf(start),
    end: instantOf(end),
    ...(place !== '' && { location: place }),
    ...(session.status === 'CANCELLED' && { status: session.status }),
    ...(url && { url }),
    // Every change of the session counts up its version, its clean-up after a deletion too; a change of the event's zone
    // or of a name counts for it as well.
    sequence:
      session.vr -
      1 +
      (moved?.times ?? 0) +
      (revision?.n ?? 0) +
      (programme.losing.has(session.id) ? 1 : 0),
    updatedAt: latest(session.updatedAt, moved?.at, revision?.at),
  }
}

/** The room by its name, and what is said beside it. */
const placeOf = (
  { roomId = '', location }: CalendarRow,
  names: ReadonlyMap<string, string>,
): string => {
  const room = names.get(roomId) ?? ''
  return [...new Set([room, location])].filter(Boolean).join(', ')
}

const latest = (at: Instant, ...others: (Instant | undefined)[]): Instant =>
  others.reduce<Instant>((last, one) => (one !== undefined && one > last ? one : last), at)

const rolesOf = (session: CalendarRow, named: (ids: string[]) => string[]): string[] =>
  roles.flatMap(({ id, name }) => {
    const people = named(session.roles[id] ?? [])
    return people.length > 0 ? `${name}: ${people.join(', ')}` : []
  })

const linksOf = ({ links }: CalendarRow): string[] =>
  links.map(({ name, url }) => (name ? `${name}: ${url}` : url))

function meetingEntry(
  { title, note, ...meeting }: Appointment,
  { revisions }: Programme,
): CalendarSession {
  const { n = 0, at } = revisions.get(meeting.id) ?? {}
  return {
    ...meeting,
    sequence: meeting.sequence + n,
    updatedAt: latest(meeting.updatedAt, at),
    name: title,
    descriptionHtml: '',
    note,
  }
}
