import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { nowMillis } from '#lib/base/time.ts'
import type { Interval } from '#lib/model/availability.ts'
import { type Attendance, attendanceOf } from '#lib/model/door/attendance.ts'
import { entrance, noTally, type Presence, type Scan, type Tally } from '#lib/model/door/scan.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { sessionInterval } from '#lib/model/spans.ts'
import { findMany } from '#lib/store/find-many.ts'
import { sessionOrder } from '#lib/store/read/session-order.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { scansOf } from './end-presence.ts'
import { readTallies } from './tally.ts'
import { watchedTimes } from './watched.ts'

/** Scans with what printing them needs. */
export type LoadedScans = {
  page: Page<Scan>
  people: Map<string, Person>
  sessions: Map<string, Session>
}
type Filters = {
  /** A session's id, or the entrance; all doors when nothing is said. */
  list?: string | undefined
  person?: string | undefined
  /** Milliseconds since 1970: scans of that time and later. */
  from?: number | undefined
}
type Place = Key & Pick<Scan, 'person' | 'list'>

/** Scans by the time of scanning, all of the event or those that the filters name. */
export async function listScans(
  scope: EventScope,
  filters: Filters,
  wanted: PageWanted,
): Promise<LoadedScans> {
  const lists = filters.list === undefined ? await listsOf(scope) : [filters.list]
  const places = await Promise.all(lists.map((list) => placesIn(scope, list, filters)))
  const inOrder = places.flat().sort((a, b) => (a.sk < b.sk ? -1 : 1))
  const { rows, ...page } = pageOfList(inOrder, ({ sk }) => sk, wanted)
  const found = rows.map(({ pk, sk }) => ({ pk, sk }))
  return withNames(scope, { ...page, rows: await getRows<Scan & Key>(scope, found) })
}

/** All doors of the event that were ever used. */
export async function listsOf(scope: EventScope): Promise<string[]> {
  const used = [...(await readTallies(scope)).keys()].filter((list) => !scope.deleting.has(list))
  return [...new Set([entrance, ...used])]
}

async function placesIn(
  scope: EventScope,
  list: string,
  { person, from }: Filters,
): Promise<Place[]> {
  const rows = await queryRows<Place>(scope, {
    pk: keys.scans(scope, list),
    ...(from !== undefined && { from: keys.scansFrom(from) }),
    only: ['pk', 'sk', 'person', 'list'],
  })
  const isThere = ({ person: who }: Place) => who === undefined || !scope.deleting.has(who)
  return rows.filter((row) => isThere(row) && (person === undefined || row.person === person))
}

/** Scans with the people, and with the sessions where the caller's system prints them. */
export async function withNames(scope: EventScope, page: Page<Scan>): Promise<LoadedScans> {
  const [people, sessions] = await Promise.all([
    findMany(
      scope,
      'person',
      page.rows.flatMap(({ person }) => person ?? []),
    ),
    findMany(
      scope,
      'session',
      scope.system ? page.rows.flatMap(({ list }) => (list === entrance ? [] : list)) : [],
    ),
  ])
  return { page, people, sessions }
}

/** What the doors count now: the entrance, and every session by its start. */
export type DoorStatus = { entrance: Tally; sessions: { id: string; tally: Tally }[] }

export async function doorStatus(scope: EventScope): Promise<DoorStatus> {
  const [tallies, places] = await Promise.all([readTallies(scope), sessionOrder(scope)])
  return {
    entrance: tallies.get(entrance) ?? noTally,
    sessions: places
      .filter(({ id }) => !scope.deleting.has(id))
      .map(({ id }) => ({ id, tally: tallies.get(id) ?? noTally })),
  }
}

/** Somebody's time at a door. */
export type Attended = { person: Person; attendance: Attendance }

/** How long each person was there by their scans, in the order of ids; who is inside now is there until now. */
export async function attendanceAt(
  scope: EventScope,
  session: Session | undefined,
  wanted: PageWanted,
): Promise<Page<Attended>> {
  const rows = await queryRows<Scan>(scope, {
    pk: keys.scans(scope, session?.id ?? entrance),
    only: ['id', 'person', 'at', 'type', 'status'],
  })
  const watched = session ? new Map<string, Interval[]>() : await watchedTimes(scope)
  const passed = rows.filter(({ status, person }) => status === 'ok' && person !== undefined)
  const until = untilOf(session, scope.zone)
  const byPerson = Map.groupBy(passed, ({ person = '' }) => person)
  const all = [...new Set([...byPerson.keys(), ...watched.keys()])]
    .filter((person) => !scope.deleting.has(person))
    .flatMap((person) => {
      const attendance = attendanceOf(byPerson.get(person) ?? [], until, watched.get(person))
      return attendance ? [{ id: person, attendance }] : []
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const { rows: some, ...page } = pageOfList(all, ({ id }) => id, wanted)
  const people = await findMany(
    scope,
    'person',
    some.map(({ id }) => id),
  )
  return {
    ...page,
    rows: some.flatMap(({ id, attendance }) => {
      const person = people.get(id)
      return person ? [{ person, attendance }] : []
    }),
  }
}

/** Nobody is in a session after its end who did not leave before. */
export function untilOf(session: Session | undefined, zone: string): number {
  const now = nowMillis()
  if (!session) return now
  const { end }: Interval = sessionInterval(session, zone)
  return Math.min(now, end)
}

/** Everything that doors have kept of somebody. */
export async function scansOfPerson(scope: EventScope, person: string): Promise<Scan[]> {
  const rows = await queryRows<Presence & Key>(scope, {
    pk: keys.relations(scope, person),
    from: 'J#',
    to: 'J#~',
  })
  const scans = await Promise.all(
    rows.map((presence) => scansOf(scope, { person, list: presence.sk.slice(2), presence })),
  )
  return scans.flat().sort((a, b) => a.at - b.at)
}
