import type { Person } from '#lib/model/person.ts'
import { isPublic, type Session, startOf } from '#lib/model/session.ts'
import { type Named, shownName } from '#lib/model/shown-name.ts'
import type { Track } from '#lib/model/track.ts'
import type { EntryRevision } from '#lib/store/entry-revisions.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Appointment } from './meetings.ts'

const inCalendar = [
  'id',
  'name',
  'description',
  'date',
  'start',
  'end',
  'endDate',
  'location',
  'status',
  'subtitle',
  'language',
  'roomId',
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
  /** Ids of people with roles, of tracks and of rooms → what they are called. */
  names: ReadonlyMap<string, string>
  /** Sessions and meetings that have come to read otherwise by a name. */
  revisions: ReadonlyMap<string, EntryRevision>
  /** Sessions that still refer to what was deleted. */
  losing: ReadonlySet<string>
}

/** Changes with every state of what a calendar holds, at a small part of the cost of reading it. */
export type ProgrammeState = unknown[]

/** Every session of the event. */
export async function eventProgramme(scope: EventScope): Promise<Programme> {
  const pk = keys.sessions(scope)
  const [rows, revisions] = await Promise.all([
    queryRows<CalendarRow>(scope, { pk, only: [...inCalendar] }),
    queryRows<Revised>(scope, { pk: keys.entryRevisions(scope) }),
  ])
  return withNames(scope, { rows, meetings: [], revisions })
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

/** One session of it. */
export async function sessionProgramme(scope: EventScope, session: string): Promise<Programme> {
  const rows = await getRows<CalendarRow>(scope, [keys.session(scope, session)], [...inCalendar])
  const revisions = await getRows<Revised>(scope, [keys.entryRevision(scope, session)])
  return withNames(scope, { rows, meetings: [], revisions })
}

type Owner = Pick<Person, 'agenda'>

/** What a person's days hold: sessions attended or with a role, and the meetings that are `booked`. */
export async function personProgramme(
  scope: EventScope,
  { agenda }: Owner,
  booked: Promise<Appointment[]>,
): Promise<Programme> {
  const [sessions, meetings] = await Promise.all([
    getRows<CalendarRow>(scope, sessionKeys(scope, agenda), [...inCalendar]),
    booked,
  ])
  const entries = [...Object.keys(agenda), ...meetings.map((meeting) => meeting.id)]
  const revisions = await getRows<Revised>(
    scope,
    entries.map((entry) => keys.entryRevision(scope, entry)),
  )
  return withNames(scope, { rows: sessions, meetings, revisions })
}

export async function personState(
  scope: EventScope,
  { agenda }: Owner,
  booked: Promise<Appointment[]>,
): Promise<ProgrammeState> {
  const [rows, meetings, names] = await Promise.all([
    getRows<{ id: string; vr: number }>(scope, sessionKeys(scope, agenda), ['id', 'vr']),
    booked,
    namesVersion(scope),
  ])
  return [names, [...scope.deleting], meetings, rows.map((row) => row.id + row.vr).sort()]
}

const sessionKeys = (scope: EventScope, agenda: Person['agenda']): Key[] =>
  Object.keys(agenda).map((session) => keys.session(scope, session))

/** How often a name that calendars show has changed: of somebody with a role, or of a track. */
const namesVersion = async (scope: EventScope): Promise<number> =>
  (await getRow<{ n: number }>(scope, keys.shownNames(scope)))?.n ?? 0

type Revised = Key & EntryRevision
type Found = { rows: CalendarRow[]; meetings: Appointment[]; revisions: Revised[] }

async function withNames(
  scope: EventScope,
  { rows, meetings, revisions }: Found,
): Promise<Programme> {
  // Drafts are in no programme that leaves the house.
  const sessions = byStart(rows.filter((row) => !scope.deleting.has(row.id) && isPublic(row)))
  const people = sessions.flatMap(({ roles }) => Object.values(roles).flat())
  const tracks = sessions.flatMap(({ trackIds }) => trackIds)
  const rooms = sessions.flatMap(({ roomId }) => roomId ?? [])
  const known = (id: string) => !scope.deleting.has(id)
  const [persons, named] = await Promise.all([
    getRows<Named & Pick<Person, 'id'>>(
      scope,
      people.filter(known).map((id) => keys.person(scope, id)),
      ['id', 'firstName', 'lastName', 'profile'],
    ),
    getRows<Pick<Track, 'id' | 'name'>>(
      scope,
      [
        ...tracks.filter(known).map((id) => keys.track(scope, id)),
        ...rooms.filter(known).map((id) => keys.plain(scope, 'room', id)),
      ],
      ['id', 'name'],
    ),
  ])
  const names = new Map(named.map(({ id, name }) => [id, name]))
  for (const person of persons) {
    const name = shownName(person)
    if (name !== '') names.set(person.id, name)
  }
  const isGone = (id: string) => scope.deleting.has(id)
  const losing = sessions.filter(({ roles, trackIds, roomId = '' }) =>
    [...trackIds, roomId, ...Object.values(roles).flat()].some(isGone),
  )
  return {
    sessions,
    meetings,
    names,
    revisions: new Map(revisions.map((one) => [one.sk, one])),
    losing: new Set(losing.map(({ id }) => id)),
  }
}

const byStart = (rows: CalendarRow[]): CalendarRow[] =>
  rows.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
const orderOf = (row: CalendarRow): string => `${startOf(row)}#${row.id}`
