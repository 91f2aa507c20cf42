import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import type { Page } from '#lib/base/page.ts'
import { ok, single, untagged, write } from '#lib/http/answer.ts'
import { counted, listed, pageHeaders, pageOf, pageQuery, publicUrl } from '#lib/http/page.ts'
import { type Answer, type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { required } from '#lib/store/document.ts'
import { people } from '#lib/store/documents/people.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { listAttendees } from '#lib/store/read/attendees.ts'
import { requireSession } from '#lib/store/read/included-sessions.ts'
import { listWaiting, positionOf } from '#lib/store/read/waitlist.ts'
import {
  type Attended,
  addAttendee,
  addOrWait,
  removeAttendee,
  type Waits,
} from '#lib/store/write/attendance.ts'
import { leaveLine } from '#lib/store/write/waitlist.ts'
import { countedEntries } from '#lib/wire/fields.ts'
import { PlaceAnswer, printPlace } from '#lib/wire/own-agenda.ts'
import { MemberAnswer, printMember } from '#lib/wire/person.ts'
import { type Presentation, printedId } from '#lib/wire/presentation.ts'

const tag = 'Sessions'
const path = '/events/{event}/sessions/resources/{session}/attendees'
const one = `${path}/{person}`
const line = '/events/{event}/sessions/resources/{session}/waitlist'
const place = `${line}/{person}`

const AttendeesAnswer = v.object({
  session_id: v.string(),
  ...countedEntries,
  attendee_list: v.array(MemberAnswer),
})

const WaitlistAnswer = v.object({
  session_id: v.string(),
  ...countedEntries,
  waitlist: v.array(v.object({ ...MemberAnswer.entries, position: v.number() })),
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
    query: { waitlist: v.optional(v.picklist(['true', 'false'], 'Expected true or false.')) },
    returns: AttendeesAnswer,
    later: { description: 'Full: the person waits for a seat.', schema: PlaceAnswer },
    errors: [
      'session_not_found',
      'person_not_found',
      'already_attending',
      'session_full',
      'schedule_conflict',
    ],
    handle: async (call) => {
      const seat = await seatOf(call)
      const { view, request } = call
      const list = new URL(publicUrl(request))
      list.pathname = list.pathname.replace(/\/[^/]+\/?$/, '')
      const answer = (made: Attended | Waits): Answer =>
        'position' in made
          ? { status: 202, body: printPlace(view, made) }
          : ok(
              printAttendees(view, made.session, made.attendees),
              pageHeaders(list.href, made.attendees),
            )
      const add = call.query.waitlist === 'true' ? addOrWait : addAttendee
      return write(call, answer, (scope) => add(scope, seat))
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
  eventRoute({
    id: 'listWaitlist',
    method: 'get',
    path: line,
    tag,
    summary: 'List who waits for a seat in a session, the longest first',
    right: 'event:read',
    query: { limit: pageQuery().limit, offset: pageQuery().offset },
    returns: WaitlistAnswer,
    errors: ['session_not_found'],
    handle: async (call) => {
      const { scope, query } = call
      const session = await requireSession(scope, await sessionOf(call))
      const waiting = await listWaiting(scope, session.id, query)
      return listed(call, waiting, (view) => ({
        session_id: printedId(view, session),
        ...counted(waiting),
        waitlist: waiting.rows.map(({ person, position }) => ({
          ...printMember(view, person),
          position,
        })),
      }))
    },
  }),
  eventRoute({
    id: 'getWaitlistPlace',
    method: 'get',
    path: place,
    tag,
    summary: 'Get the position of a person who waits for a seat: 1 is the next',
    right: 'event:read',
    returns: PlaceAnswer,
    errors: ['session_not_found', 'person_not_found', 'place_not_found'],
    handle: async (call) => {
      const { session, person } = await placeOf(call)
      const position = await positionOf(call.scope, person, session.id)
      if (position === undefined) throw new ApiError('place_not_found')
      return single(call, printPlace, { session, person, position })
    },
  }),
  eventRoute({
    id: 'leaveWaitlist',
    method: 'delete',
    path: place,
    tag,
    summary: 'Give up the place of a person who waits for a seat',
    right: 'attendance:write',
    errors: ['session_not_found', 'person_not_found', 'place_not_found'],
    handle: async (call) => {
      const { session, person } = await placeOf(call)
      const from = { session: session.id, person: person.id }
      return write(
        call,
        () => ok(),
        (scope) => leaveLine(scope, from, untagged(call)),
      )
    },
  }),
]

async function placeOf(call: EventCall) {
  const { session: sessionId, person: personId } = await seatOf(call)
  const session = await requireSession(call.scope, sessionId)
  return { session, person: await required(call.scope, people, personId) }
}

const printAttendees = (view: Presentation, session: Session, attendees: Page<Person>) => ({
  session_id: printedId(view, session),
  ...counted(attendees),
  attendee_list: attendees.rows.map((person) => printMember(view, person)),
})
