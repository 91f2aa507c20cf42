import type { Event } from '#lib/model/event.ts'
import type { ExportKind } from '#lib/model/export.ts'
import { attendancePages } from '#lib/store/exports/attendance-pages.ts'
import {
  changePages,
  type Fresh,
  logPages,
  meetingPages,
  peoplePages,
  scanPages,
  sessionPages,
} from '#lib/store/exports/pages.ts'
import { findNamed } from '#lib/store/read/named.ts'
import { idsIn, printChange } from '#lib/wire/change.ts'
import { printCheckin } from '#lib/wire/checkin.ts'
import { attendanceColumns, attendanceLine } from '#lib/wire/exported/attendance.ts'
import { type Cells, cellsOf } from '#lib/wire/exported/cells.ts'
import { meetingColumns, meetingLine } from '#lib/wire/exported/meeting.ts'
import { personCells, personColumns, personLine } from '#lib/wire/exported/person.ts'
import { sessionCells, sessionColumns, sessionLine } from '#lib/wire/exported/session.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { printLog } from '#lib/wire/schedule.ts'

export type Source = { fresh: Fresh; view: Presentation; event: Event }
/** A row in either form. */
export type Line = { json: () => object; cells: () => Cells }

/** What may be exported: the columns that a CSV of it has in any case, and its rows. */
type Exported = {
  columns: readonly string[]
  /** There may be more columns: as many as there are id systems and custom fields. */
  isOpen?: boolean
  pages: (source: Source) => AsyncGenerator<Line[]>
}

/** Pages of what two functions print. */
async function* printed<T>(
  pages: AsyncGenerator<T[]>,
  json: (one: T) => object,
  cells: (one: T) => Cells,
): AsyncGenerator<Line[]> {
  for await (const page of pages) {
    yield page.map((one) => ({ json: () => json(one), cells: () => cells(one) }))
  }
}

/** The same of rows without anything nested. */
const plainly = <T>(pages: AsyncGenerator<T[]>, json: (one: T) => object) =>
  printed(pages, json, (one) => cellsOf({ ...json(one) }))

const logColumns = [
  ...['id', 'event_schedule_id', 'user_group_user_id', 'user_email', 'user_id'],
  ...['user_group_id', 'user_group_name', 'time_in', 'time_out'],
  ...['ip_address', 'ip_location', 'user_agent', 'created_at'],
]

export const exported: Record<ExportKind, Exported> = {
  people: {
    columns: personColumns,
    isOpen: true,
    pages: ({ fresh, view }) =>
      printed(
        peoplePages(fresh),
        (one) => personLine(view, one),
        (one) => personCells(view, one),
      ),
  },
  sessions: {
    columns: sessionColumns,
    isOpen: true,
    pages: ({ fresh, view }) =>
      printed(
        sessionPages(fresh),
        (one) => sessionLine(view, one),
        (one) => sessionCells(view, one),
      ),
  },
  attendance: {
    columns: attendanceColumns,
    pages: ({ fresh, view }) => plainly(attendancePages(fresh), (one) => attendanceLine(view, one)),
  },
  checkins: {
    columns: [
      ...['checkin_id', 'status', 'reason', 'person_id', 'first_name', 'last_name', 'company'],
      ...['session_id', 'type', 'scanned_at', 'received_at', 'inside', 'late', 'forced', 'device'],
    ],
    pages: checkinLines,
  },
  usage_logs: {
    columns: logColumns,
    pages: ({ fresh, view, event }) =>
      plainly(logPages(fresh), (one) => printLog(view, { event }, one)),
  },
  meetings: {
    columns: meetingColumns,
    pages: ({ fresh, view }) => plainly(meetingPages(fresh), (one) => meetingLine(view, one)),
  },
  changes: {
    columns: [
      ...['sequence', 'change_id', 'type', 'object', 'object_id', 'version', 'changed'],
      ...['actor_token_id', 'actor_name', 'actor_role', 'request_id', 'occurred_at', 'note'],
    ],
    pages: changeLines,
  },
}

async function* checkinLines({ fresh, view }: Source): AsyncGenerator<Line[]> {
  for await (const { page, people, sessions } of scanPages(fresh)) {
    yield page.rows.map((scan) => {
      const around = { sessions, deleting: new Set<string>() }
      const row = printCheckin(view, scan, { person: people.get(scan.person ?? ''), ...around })
      const { person, ...rest } = row
      return { json: () => row, cells: () => cellsOf({ ...rest, ...person }) }
    })
  }
}

async function* changeLines({ fresh, view }: Source): AsyncGenerator<Line[]> {
  for await (const { scope, rows } of changePages(fresh)) {
    const known = await findNamed(scope, idsIn(rows))
    yield rows.map((change) => {
      const row = printChange(view, change, known)
      const { actor, note, ...rest } = row
      const cells = () =>
        cellsOf({
          ...rest,
          actor_token_id: actor?.token_id,
          actor_name: actor?.name,
          actor_role: actor?.role,
          note: Object.keys(note).length > 0 ? JSON.stringify(note) : '',
        })
      return { json: () => row, cells }
    })
  }
}
