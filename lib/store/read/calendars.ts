import type { Person } from '#lib/model/person.ts'
import { type Session, startOf } from '#lib/model/session.ts'
import { type Named, shownName } from '#lib/model/shown-name.ts'
import type { Track } from '#lib/model/track.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type Appointment, bookedMeetings } from './meetings.ts'

const inCalendar = [
  'id',
  'name',
  'description',
  'date',
  'start',
  'end',
  'endDate',
  'location',
  'format',
  'links',
  'roles',
  'trackIds',
  'vr',
  'updatedAt',
] as const
export type CalendarRow = Pick<Session, (typeof inCalendar)[number]>

/** What a calendar holds: sessions by start, then meetings; and the names of whom and what they refer to. */
export type Programme = {
  sessions: CalendarRow[]
  meetings: Appointment[]
  /** Ids of people with roles and of tracks → what they are called. */
  names: ReadonlyMap<string, string>
}

/** Changes with every state of what a calendar holds, at a small part of the cost of reading it. */
export type ProgrammeState = unknown[]

/** Every session of the event. */
export async function eventProgramme(scope: EventScope): Promise<Programme> {
  const pk = keys.sessions(scope)
  return withNames(scope, await queryRows<CalendarRow>(scope, { pk, only: [...inCalendar] }), [])
}

/** Versions of the sessions, and of what they refer to. */
export async function eventState(scope: EventScope): Promise<ProgrammeState> {
  const pk = keys.sessions(scope)
  const [rows, names] = await Promise.all([
    queryRows<{ id: string; vr: number }>(scope, { pk, only: ['id', 'vr'] }),
    namesVersion(scope),
  ])
  return [names, [...scope.deleting], rows.map(({ id, vr }) => id + vr)]
}

type Owner = Pick<Person, 'id' | 'agenda'>

/** What a person's days hold: sessions attended or with a role, and booked meetings. */
export async function personProgramme(
  scope: EventScope,
  { id, agenda }: Owner,
): Promise<Programme> {
  const [sessions, meetings] = await Promise.all([
    getRows<CalendarRow>(scope, sessionKeys(scope, agenda), [...inCalendar]),
    bookedMeetings(scope, id),
  ])
  return withNames(scope, sessions, meetings)
}

export async function personState(
  scope: EventScope,
  { id, agenda }: Owner,
): Promise<ProgrammeState> {
  const [rows, meetings, names] = await Promise.all([
    getRows<{ id: string; vr: number }>(scope, sessionKeys(scope, agenda), ['id', 'vr']),
    bookedMeetings(scope, id),
    namesVersion(scope),
  ])
  return [names, [...scope.deleting], meetings, rows.map((row) => row.id + row.vr).sort()]
}

const sessionKeys = (scope: EventScope, agenda: Person['agenda']): Key[] =>
  Object.keys(agenda).map((session) => keys.session(scope, session))

/** How often a name that calendars show has changed: of somebody with a role, or of a track. */
const namesVersion = async (scope: EventScope): Promise<number> =>
  (await getRow<{ n: number }>(scope, keys.shownNames(scope)))?.n ?? 0

async function withNames(
  scope: EventScope,
  rows: CalendarRow[],
  meetings: Appointment[],
): Promise<Programme> {
  const sessions = byStart(rows.filter(({ id }) => !scope.deleting.has(id)))
  const people = sessions.flatMap(({ roles }) => Object.values(roles).flat())
  const tracks = sessions.flatMap(({ trackIds }) => trackIds)
  const known = (id: string) => !scope.deleting.has(id)
  const [persons, named] = await Promise.all([
    getRows<Named & Pick<Person, 'id'>>(
      scope,
      people.filter(known).map((id) => keys.person(scope, id)),
      ['id', 'firstName', 'lastName', 'profile'],
    ),
    getRows<Pick<Track, 'id' | 'name'>>(
      scope,
      tracks.filter(known).map((id) => keys.track(scope, id)),
      ['id', 'name'],
    ),
  ])
  const names = new Map(named.map(({ id, name }) => [id, name]))
  for (const person of persons) {
    const name = shownName(person)
    if (name !== '') names.set(person.id, name)
  }
  return { sessions, meetings, names }
}

const byStart = (rows: CalendarRow[]): CalendarRow[] =>
  rows.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
const orderOf = (row: CalendarRow): string => `${startOf(row)}#${row.id}`
