import { inParallel } from '#lib/base/in-parallel.ts'
import type { Interval } from '#lib/model/availability.ts'
import { type Attendance, attendanceOf } from '#lib/model/door/attendance.ts'
import { entrance, type Presence } from '#lib/model/door/scan.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { scansOf } from '#lib/store/door/end-presence.ts'
import { untilOf } from '#lib/store/door/read.ts'
import { watchedTimes } from '#lib/store/door/watched.ts'
import { findMany } from '#lib/store/find-many.ts'
import type { LoadedPerson } from '#lib/store/read/included-people.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type Fresh, peoplePages } from './pages.ts'

/** Somebody and a session of theirs, or the event's entrance: whether they have a seat, and how long they were there. */
export type Attended = {
  person: Person
  session: Session | undefined
  attends: boolean
  roles: string[]
  attendance: Attendance | undefined
}

/** Who attends what, person by person: by their agenda, by the scans of doors, and by what they watched. */
export async function* attendancePages(fresh: Fresh): AsyncGenerator<Attended[]> {
  const watched = await watchedTimes(await fresh())
  for await (const people of peoplePages(fresh)) {
    const scope = await fresh()
    const doors = await inParallel(people, 8, ({ person }) => presencesOf(scope, person.id))
    const sessions = await findMany(
      scope,
      'session',
      people.flatMap(sessionIds).concat(doors.flat().map(doorOf)),
    )
    const rows = await inParallel(people, 8, ({ person }, n) =>
      attendedBy({ scope, person, sessions, watched }, doors[n] ?? []),
    )
    yield rows.flat()
  }
}

type At = Presence & Key
const doorOf = ({ sk }: At): string => sk.slice(2)
const sessionIds = ({ person }: LoadedPerson): string[] => Object.keys(person.agenda)

const presencesOf = (scope: EventScope, person: string): Promise<At[]> =>
  queryRows<At>(scope, { pk: keys.relations(scope, person), from: 'J#', to: 'J#~' })

type Of = {
  scope: EventScope
  person: Person
  sessions: Map<string, Session>
  watched: Map<string, Interval[]>
}

async function attendedBy(of: Of, presences: At[]): Promise<Attended[]> {
  const { person, sessions, watched } = of
  const times = watched.get(person.id)
  const scanned = new Map(presences.map((one) => [doorOf(one), one]))
  const atEntrance = scanned.has(entrance) || times !== undefined ? [entrance] : []
  const ids = [...new Set([...atEntrance, ...Object.keys(person.agenda).sort(), ...scanned.keys()])]
  const rows = await Promise.all(
    ids.map(async (id): Promise<Attended[]> => {
      const session = sessions.get(id)
      if (!session && id !== entrance) return []
      const { attends = false, roles = [] } = person.agenda[id] ?? {}
      const others = id === entrance ? times : undefined
      const attendance = await timesAt(of, session, scanned.get(id), others)
      if (!attends && roles.length === 0 && !attendance) return []
      return [{ person, session, attends, roles, attendance }]
    }),
  )
  return rows.flat()
}

async function timesAt(
  { scope, person }: Of,
  session: Session | undefined,
  presence: At | undefined,
  others: Interval[] | undefined,
): Promise<Attendance | undefined> {
  const list = session?.id ?? entrance
  const scans = presence ? await scansOf(scope, { person: person.id, list, presence }) : []
  const passed = scans.filter(({ status }) => status === 'ok')
  return attendanceOf(passed, untilOf(session, scope.zone), others)
}
