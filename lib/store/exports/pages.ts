import { chunks } from '#lib/base/chunks.ts'
import { inParallel } from '#lib/base/in-parallel.ts'
import type { Page } from '#lib/base/page.ts'
import type { Change } from '#lib/model/change.ts'
import type { Scan } from '#lib/model/door/scan.ts'
import type { Meeting } from '#lib/model/meeting.ts'
import type { Person } from '#lib/model/person.ts'
import type { ListedLog } from '#lib/model/schedule.ts'
import { type LoadedScans, listsOf, withNames } from '#lib/store/door/read.ts'
import { findMany } from '#lib/store/find-many.ts'
import { latestChange, oldestChange, readRange } from '#lib/store/read/changes.ts'
import { type LoadedPerson, loadIncluded } from '#lib/store/read/included-people.ts'
import { type LoadedSession, loadIncludedForSessions } from '#lib/store/read/included-sessions.ts'
import { meetingRows } from '#lib/store/read/meetings.ts'
import { listPeople } from '#lib/store/read/people.ts'
import { loadLogs } from '#lib/store/read/schedule-details.ts'
import { allSchedules } from '#lib/store/read/schedules.ts'
import { listSessions } from '#lib/store/read/sessions.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** The event as it is at this moment, for each page anew: who is deleted meanwhile is in none behind. */
export type Fresh = () => Promise<EventScope>

/** So many are in memory at a time. */
export const pageRows = 500

/** All pages of a list, each read from where the one before ended: nothing comes twice or is passed over. */
export async function* pagesOf<T>(
  fresh: Fresh,
  list: (scope: EventScope, wanted: Wanted) => Promise<Page<T>>,
): AsyncGenerator<[EventScope, T[]]> {
  let after: string | undefined
  do {
    const scope = await fresh()
    const page = await list(scope, { limit: pageRows, offset: 0, after })
    yield [scope, page.rows]
    after = page.next
  } while (after !== undefined)
}
type Wanted = { limit: number; offset: number; after: string | undefined }

const peopleIn = (fresh: Fresh) =>
  pagesOf<Person>(fresh, (scope, wanted) => listPeople(scope, {}, wanted))

/** People in the order of their ids. */
export async function* peoplePages(fresh: Fresh): AsyncGenerator<LoadedPerson[]> {
  for await (const [scope, rows] of peopleIn(fresh)) {
    const included = await loadIncluded(scope, rows)
    yield rows.map((person) => ({ person, included }))
  }
}

/** Sessions by their start, with the names of all that they refer to. */
export async function* sessionPages(fresh: Fresh): AsyncGenerator<LoadedSession[]> {
  for await (const [scope, rows] of pagesOf(fresh, (at, wanted) => listSessions(at, {}, wanted))) {
    const included = await loadIncludedForSessions(scope, rows, { withNames: true })
    yield rows.map((session) => ({ session, included }))
  }
}

/** Scans, door by door, by their time. */
export async function* scanPages(fresh: Fresh): AsyncGenerator<LoadedScans> {
  for (const door of await listsOf(await fresh())) {
    let after: string | undefined
    do {
      const scope = await fresh()
      const pk = keys.scans(scope, door)
      const range = { pk, limit: pageRows, ...(after !== undefined && { after }) }
      const read = await queryRows<Scan & Key>(scope, range)
      const { deleting } = scope
      const rows = read.filter(({ person }) => person === undefined || !deleting.has(person))
      yield await withNames(scope, { total: 0, rows })
      after = read.length === pageRows ? read.at(-1)?.sk : undefined
    } while (after !== undefined)
  }
}

/** Usage logs, schedule by schedule, by their time. */
export async function* logPages(fresh: Fresh): AsyncGenerator<ListedLog[]> {
  for (const schedule of await allSchedules(await fresh())) {
    const list = (scope: EventScope, wanted: Wanted) => loadLogs(scope, schedule, wanted)
    for await (const [, rows] of pagesOf(fresh, list)) yield rows
  }
}

/** A meeting with both who have it. */
export type MeetingOfTwo = { meeting: Meeting; sender: Person; receiver: Person }

/** Meetings by who has asked for them. */
export async function* meetingPages(fresh: Fresh): AsyncGenerator<MeetingOfTwo[]> {
  for await (const [scope, people] of peopleIn(fresh)) {
    // A person may have a thousand of them.
    for (const some of chunks(people, 50)) yield await meetingsAskedFor(scope, some)
  }
}

async function meetingsAskedFor(scope: EventScope, people: Person[]): Promise<MeetingOfTwo[]> {
  const found = await inParallel(people, 8, async (sender) => {
    const rows = await meetingRows(scope, sender.id)
    return rows
      .filter((meeting) => meeting.sender === sender.id)
      .map((meeting) => ({ meeting, sender }))
  })
  const all = found.flat()
  const receivers = await findMany(
    scope,
    'person',
    all.map(({ meeting }) => meeting.receiver),
  )
  return all.flatMap(({ meeting, sender }) => {
    const receiver = receivers.get(meeting.receiver)
    return receiver ? [{ meeting, sender, receiver }] : []
  })
}

/** The changes that are kept, up to the latest one when it began. */
export async function* changePages(
  fresh: Fresh,
): AsyncGenerator<{ scope: EventScope; rows: Change[] }> {
  const first = await fresh()
  const latest = await latestChange(first)
  const oldest = await oldestChange(first, latest)
  for (let from = oldest; from <= latest; from += pageRows) {
    const scope = await fresh()
    yield { scope, rows: await readRange(scope, from, Math.min(latest, from + pageRows - 1)) }
  }
}
