import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { single } from '#lib/http/answer.ts'
import { pageOf, pageQuery, record } from '#lib/http/page.ts'
import { type Answer, type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { type Attended, attendanceAt, doorStatus } from '#lib/store/door/read.ts'
import { findMany } from '#lib/store/find-many.ts'
import { attendanceCsv } from '#lib/wire/attendance-csv.ts'
import { AttendedAnswer, printAttended, printStatus, StatusAnswer } from '#lib/wire/checkin.ts'
import { countedEntries, reference } from '#lib/wire/fields.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { doorNamed } from './wanted.ts'

const tag = 'Door'
const path = '/events/{event}/checkins'
const csvTypes = { 'text/csv': 'A line per person, ready for a spreadsheet.' }
const everybody = { limit: Number.MAX_SAFE_INTEGER, offset: 0 }

export const doorRoutes: Route[] = [
  eventRoute({
    id: 'getDoorStatus',
    method: 'get',
    path: `${path}/status`,
    tag,
    summary: 'Count who is inside, entries, people and denials: of the event and of every session',
    right: 'door',
    returns: StatusAnswer,
    handle: async (call) => {
      const { scope, token } = call
      const { entrance, sessions: all } = await doorStatus(scope)
      const sessions = all.filter(({ id }) => token.sessions?.includes(id) ?? true)
      const known = scope.system
        ? await findMany(
            scope,
            'session',
            sessions.map(({ id }) => id),
          )
        : new Map()
      const print = (view: Presentation) => printStatus(view, { entrance, sessions }, known)
      return single(call, print, undefined)
    },
  }),
  eventRoute({
    id: 'getAttendance',
    method: 'get',
    path: `${path}/attendance`,
    tag,
    summary: 'How long each person was there by their scans: at the event, or in a session',
    right: 'event:read',
    query: { session: v.optional(reference), ...pageQuery(1000) },
    returns: v.object({
      query_string: v.string(),
      ...countedEntries,
      attendance_list: v.array(AttendedAnswer),
    }),
    returnsOther: csvTypes,
    errors: ['invalid_reference', 'invalid_cursor'],
    handle: async (call) => {
      const { scope, query, request } = call
      const accept = request.headers.get('accept') ?? ''
      if (/^text\/csv\b/i.test(accept.trim())) return csv(call, query.session)
      const session = await doorNamed(call, query.session)
      const found = await attendanceAt(scope, session, pageOf(query, 'person'))
      const print = (view: Presentation, one: Attended) => printAttended(view, one, scope)
      return record(call, 'attendance_list', print, found)
    },
  }),
  eventRoute({
    id: 'getAttendanceTable',
    method: 'get',
    path: `${path}/attendance.csv`,
    tag,
    summary: 'The attendance of everybody as CSV',
    right: 'event:read',
    query: { session: v.optional(reference) },
    returnsOther: csvTypes,
    errors: ['invalid_reference'],
    handle: async (call) => csv(call, call.query.session),
  }),
]

async function csv(call: EventCall, sent: string | undefined): Promise<Answer> {
  const { scope, event } = call
  const session = await doorNamed(call, sent)
  const { rows } = await attendanceAt(scope, session, everybody)
  if (scope.deadline < Date.now()) throw new ApiError('store_busy')
  return {
    status: 200,
    bytes: attendanceCsv(rows, event.dates.zone),
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="attendance-${session?.id ?? event.shortCode}.csv"`,
    },
  }
}
