import * as v from 'valibot'
import type { Page } from '#lib/base/page.ts'
import { ok, untagged, write } from '#lib/http/answer.ts'
import { counted, listed, pageHeaders, pageOf, pageQuery, publicUrl } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { listAttendees } from '#lib/store/read/attendees.ts'
import { requireSession } from '#lib/store/read/included-sessions.ts'
import { type Attended, addAttendee, removeAttendee } from '#lib/store/write/attendance.ts'
import { countedEntries } from '#lib/wire/fields.ts'
import { MemberAnswer, printMember } from '#lib/wire/person.ts'
import { type Presentation, printedId } from '#lib/wire/presentation.ts'

const tag = 'Sessions'
const path = '/events/{event}/sessions/resources/{session}/attendees'
const one = `${path}/{person}`

const AttendeesAnswer = v.object({
  session_id: v.string(),
  ...countedEntries,
  attendee_list: v.array(MemberAnswer),
})

const sessionOf = ({ scope, params }: EventCall) =>
  resolveId(scope, 'session', params.session ?? '')
const personOf = ({ scope, params }: EventCall) => resolveId(scope, 'person', params.person ?? '')
const seatOf = async (call: EventCall) => {
  const [session, person] = await Promise.all([sessionOf(call), personOf(call)])
  return { session, person }
}

export const attendeeRoutes: Route[] = [
  eventRoute({
    id: 'listAttendees',
    method: 'get',
    path,
    tag,
    summary: 'List the attendees of a session',
    right: 'event:read',
    query: pageQuery(),
    returns: AttendeesAnswer,
    errors: ['session_not_found', 'invalid_cursor'],
    handle: async (call) => {
      const { scope, query } = call
      const wanted = pageOf(query, 'person')
      const session = await requireSession(scope, await sessionOf(call))
      const attendees = await listAttendees(scope, session.id, wanted)
      return listed(call, attendees, (view) => printAttendees(view, session, attendees))
    },
  }),
  eventRoute({
    id: 'addAttendee',
    method: 'post',
    path: one,
    tag,
    summary: 'Give a person a seat in a session',
    right: 'attendance:write',
    returns: AttendeesAnswer,
    errors: ['session_not_found', 'person_not_found', 'already_attending', 'session_full'],
    handle: async (call) => {
      const seat = await seatOf(call)
      const { view, request } = call
      const list = new URL(publicUrl(request))
      list.pathname = list.pathname.replace(/\/[^/]+\/?$/, '')
      const answer = ({ session, attendees }: Attended) =>
        ok(printAttendees(view, session, attendees), pageHeaders(list.href, attendees))
      return write(call, answer, (scope) => addAttendee(scope, seat))
    },
  }),
  eventRoute({
    id: 'removeAttendee',
    method: 'delete',
    path: one,
    tag,
    summary: 'Take a person off the attendees of a session; roles stay',
    right: 'attendance:write',
    errors: ['session_not_found', 'person_not_found', 'not_attending'],
    handle: async (call) => {
      const seat = await seatOf(call)
      return write(
        call,
        () => ok(),
        (scope) => removeAttendee(scope, seat, untagged(call)),
      )
    },
  }),
]

const printAttendees = (view: Presentation, session: Session, attendees: Page<Person>) => ({
  session_id: printedId(view, session),
  ...counted(attendees),
  attendee_list: attendees.rows.map((person) => printMember(view, person)),
})
