import { fitsAnswer } from '#lib/base/answer-size.ts'
import type { Event } from '#lib/model/event.ts'
import type { Person } from '#lib/model/person.ts'
import { instantsOf } from '#lib/model/session-times.ts'
import {
  type CalendarRow,
  eventProgramme,
  type Programme,
  personProgramme,
} from '#lib/store/read/calendars.ts'
import type { Appointment } from '#lib/store/read/meetings.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type CalendarSession, calendarOf } from './calendar.ts'
import { etagOf } from './presentation.ts'

/** A calendar file as an answer has it: bytes, type and a tag that changes with them. */
export type CalendarFile = { status: number; bytes: string; headers: Record<string, string> }

/** Every session of the event. */
export const eventCalendar = async (scope: EventScope, event: Event): Promise<CalendarFile> =>
  fileOf(event, await eventProgramme(scope))

/** What a person's days hold: sessions attended or with a role, and booked meetings. */
export const personCalendar = async (
  scope: EventScope,
  event: Event,
  person: Person,
): Promise<CalendarFile> => fileOf(event, await personProgramme(scope, person))

function fileOf(event: Event, { sessions, meetings }: Programme): CalendarFile {
  const { zone } = event.dates
  const entries = [...sessions.map((one) => entryOf(one, zone)), ...meetings.map(meetingEntry)]
  const bytes = smallEnough(
    (some) => calendarOf({ name: event.name, zone, sessions: some }),
    entries,
  )
  const headers = {
    'content-type': 'text/calendar; charset=utf-8',
    'content-disposition': 'inline; filename="calendar.ics"',
    etag: etagOf(bytes),
  }
  return { status: 200, bytes, headers }
}

/** Lambda answers at most 6 MB: a calendar beyond that goes without descriptions. */
function smallEnough(print: (sessions: CalendarSession[]) => string, all: CalendarSession[]) {
  const whole = print(all)
  if (fitsAnswer(whole)) return whole
  return print(all.map((session) => ({ ...session, descriptionHtml: '' })))
}

const entryOf = (session: CalendarRow, zone: string): CalendarSession => ({
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
