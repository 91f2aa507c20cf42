import { chunks } from '#lib/base/chunks.ts'
import { type Attendance, attendanceOf } from '#lib/model/door/attendance.ts'
import { entrance, type Scan } from '#lib/model/door/scan.ts'
import type { Person } from '#lib/model/person.ts'
import { roles, type Session } from '#lib/model/session.ts'
import { untilOf } from '#lib/store/door/read.ts'
import { watchedTimes } from '#lib/store/door/watched.ts'
import { findMany } from '#lib/store/find-many.ts'
import { listAttendees } from '#lib/store/read/attendees.ts'
import { listSessions } from '#lib/store/read/sessions.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type Fresh, pageRows, pagesOf } from './pages.ts'

/** Somebody and a session of theirs, or the event's entrance: whether they have a seat, and how long they were there. */
export type Attended = {
  person: Person
  session: Session | undefined
  attends: boolean
  roles: string[]
  attendance: Attendance | undefined
}

/** Who was at the entrance, then who attends what, session by session; of one door at a time the scans are in memory. */
export async function* attendancePages(fresh: Fresh): AsyncGenerator<Attended[]> {
  yield* entrancePages(fresh)
  const list = (scope: EventScope, wanted: Parameters<typeof listSessions>[2]) =>
    listSessions(scope, {}, wanted)
  for await (const [, sessions] of pagesOf(fresh, list)) {
    for (const session of sessions) yield* sessionPagesOf(fresh, session)
  }
}

async function* entrancePages(fresh: Fresh): AsyncGenerator<Attended[]> {
  const scope = await fresh()
  const [passed, watched] = await Promise.all([passages(fresh, entrance), watchedTimes(scope)])
  const ids = [...new Set([...passed.keys(), ...watched.keys()])].sort()
  yield* rowsOf(fresh, ids, (person) => ({
    session: undefined,
    attendance: attendanceOf(
      passed.get(person.id) ?? [],
      untilOf(undefined, scope.zone),
      watched.get(person.id),
    ),
  }))
}

async function* sessionPagesOf(fresh: Fresh, session: Session): AsyncGenerator<Attended[]> {
  const { zone } = await fresh()
  const passed = await passages(fresh, session.id)
  const at = (person: Person) => {
    const attendance = attendanceOf(passed.get(person.id) ?? [], untilOf(session, zone))
    passed.delete(person.id)
    return { session, attendance }
  }
  const holders = new Set(roles.flatMap(({ id }) => session.roles[id] ?? []))
  const seats = pagesOf<Person>(fresh, (scope, wanted) => listAttendees(scope, session.id, wanted))
  for await (const [, people] of seats) {
    for (const { id } of people) holders.delete(id)
    yield people.map((person) => row(person, at(person)))
  }
  const others = [...new Set([...holders, ...passed.keys()])].sort()
  yield* rowsOf(fresh, others, at)
}

type Where = Pick<Attended, 'session' | 'attendance'>

/** People without a seat who are there for another reason. */
async function* rowsOf(
  fresh: Fresh,
  ids: string[],
  at: (person: Person) => Where,
): AsyncGenerator<Attended[]> {
  for (const some of chunks(ids, pageRows)) {
    const people = await findMany(await fresh(), 'person', some)
    yield [...people.values()]
      .map((person) => row(person, at(person)))
      .filter(({ attends, roles: own, attendance }) => attends || own.length > 0 || attendance)
  }
}

function row(person: Person, { session, attendance }: Where): Attended {
  const { attends = false, roles: own = [] } = (session && person.agenda[session.id]) ?? {}
  return { person, session, attends, roles: own, attendance }
}

type Passage = Pick<Scan, 'id' | 'at' | 'type'>

/** Who was let through a door, and when. */
async function passages(fresh: Fresh, door: string): Promise<Map<string, Passage[]>> {
  const found = new Map<string, Passage[]>()
  const only = ['sk', 'id', 'person', 'at', 'type', 'status']
  let after: string | undefined
  do {
    const pk = keys.scans(await fresh(), door)
    const range = { pk, only, limit: scansAtOnce, ...(after !== undefined && { after }) }
    const rows = await queryRows<Scan & Key>(await fresh(), range)
    for (const { id, person, at, type, status } of rows) {
      if (status !== 'ok' || person === undefined) continue
      const own = found.get(person)
      if (own) own.push({ id, at, type })
      else found.set(person, [{ id, at, type }])
    }
    after = rows.length === scansAtOnce ? rows.at(-1)?.sk : undefined
  } while (after !== undefined)
  return found
}

const scansAtOnce = 5_000
