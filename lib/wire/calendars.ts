import type { Event } from '#lib/model/event.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { instantsOf } from '#lib/model/session-times.ts'
import { type Appointment, bookedMeetings } from '#lib/store/read/meetings.ts'
import { findMany } from '#lib/store/read/references.ts'
import { placeOf } from '#lib/store/read/sessions.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type CalendarSession, calendarOf } from './calendar.ts'
import { etagOf } from './presentation.ts'

/** A calendar file as an answer has it: bytes, type and a tag that changes with them. */
export type CalendarFile = { status: number; bytes: string; headers: Record<string, string> }

const shown = [
  'id',
  'name',
  'description',
  'date',
  'start',
  'end',
  'location',
  'vr',
  'updatedAt',
] as const
type Shown = Pick<Session, (typeof shown)[number]>

/** Every session of the event. */
export async function eventCalendar(scope: EventScope, event: Event): Promise<CalendarFile> {
  const pk = keys.sessions(scope)
  const sessions = await queryRows<Shown>(scope, { pk, only: [...shown] })
  return fileOf(
    event,
    sessions.filter(({ id }) => !scope.deleting.has(id)),
  )
}

/** What a person's days hold: sessions attended or with a role, and booked meetings. */
export async function personCalendar(
  scope: EventScope,
  event: Event,
  { id, agenda }: Person,
): Promise<CalendarFile> {
  const [sessions, meetings] = await Promise.all([
    findMany(scope, 'session', Object.keys(agenda)),
    bookedMeetings(scope, id),
  ])
  return fileOf(event, [...sessions.values()], meetings)
}

function fileOf(event: Event, sessions: Shown[], meetings: Appointment[] = []): CalendarFile {
  const { zone } = event.dates
  const sorted = sessions.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  const entries = [
    ...sorted.map((session) => entryOf(session, zone)),
    ...meetings.map(meetingEntry),
  ]
  const bytes = smallEnough((sessions) => calendarOf({ name: event.name, zone, sessions }), entries)
  const headers = {
    'content-type': 'text/calendar; charset=utf-8',
    'content-disposition': 'inline; filename="calendar.ics"',
    etag: etagOf(bytes),
  }
  return { status: 200, bytes, headers }
}

/** Lambda answers at most 6 MB (threats F40): a calendar beyond that goes without descriptions. */
function smallEnough(print: (sessions: CalendarSession[]) => string, all: CalendarSession[]) {
  const whole = print(all)
  if (Buffer.byteLength(whole) <= 5_500_000) return whole
  return print(all.map((session) => ({ ...session, descriptionHtml: '' })))
}

const entryOf = (session: Shown, zone: string): CalendarSession => ({
  id: session.id,
  name: session.name,
  descriptionHtml: session.description,
  ...instantsOf(session, zone),
  ...(session.location && { location: session.location }),
  // Every change of the session counts up its version, and so the sequence.
  sequence: session.vr - 1,
  updatedAt: session.updatedAt,
})

const meetingEntry = ({ title, note, ...meeting }: Appointment): CalendarSession => ({
  ...meeting,
  name: title,
  descriptionHtml: '',
  note,
})
