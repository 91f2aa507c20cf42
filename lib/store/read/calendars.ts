import type { Person } from '#lib/model/person.ts'
import { type Session, startOf } from '#lib/model/session.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type Appointment, bookedMeetings } from './meetings.ts'
import { findMany } from './references.ts'

const inCalendar = [
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
export type CalendarRow = Pick<Session, (typeof inCalendar)[number]>

/** What a calendar holds: sessions by start, then meetings. */
export type Programme = { sessions: CalendarRow[]; meetings: Appointment[] }

/** Every session of the event. */
export async function eventProgramme(scope: EventScope): Promise<Programme> {
  const pk = keys.sessions(scope)
  const rows = await queryRows<CalendarRow>(scope, { pk, only: [...inCalendar] })
  return { sessions: byStart(rows.filter(({ id }) => !scope.deleting.has(id))), meetings: [] }
}

/** What a person's days hold: sessions attended or with a role, and booked meetings. */
export async function personProgramme(
  scope: EventScope,
  { id, agenda }: Pick<Person, 'id' | 'agenda'>,
): Promise<Programme> {
  const [sessions, meetings] = await Promise.all([
    findMany(scope, 'session', Object.keys(agenda)),
    bookedMeetings(scope, id),
  ])
  return { sessions: byStart([...sessions.values()]), meetings }
}

const byStart = (rows: CalendarRow[]): CalendarRow[] =>
  rows.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
const orderOf = (row: CalendarRow): string => `${startOf(row)}#${row.id}`
