import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { hasAnswer, ok, single, untagged, write } from '#lib/http/answer.ts'
import { type Answer, type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { loadAgenda, type OwnAgenda } from '#lib/store/read/own-agenda.ts'
import { requireMe } from '#lib/store/read/profiles.ts'
import type { Waits } from '#lib/store/write/attendance.ts'
import { joinAlone, leaveAlone } from '#lib/store/write/own-agenda.ts'
import { personCalendar } from '#lib/wire/calendars.ts'
import { reference } from '#lib/wire/fields.ts'
import { OwnAgendaAnswer, PlaceAnswer, printOwnAgenda, printPlace } from '#lib/wire/own-agenda.ts'

const tag = 'Attendees'
const path = '/events/{event}/people/me/sessions'

const JoinBody = v.strictObject({ session_id: reference })
const sessionOf = ({ scope }: EventCall, sent: string) => resolveId(scope, 'session', sent)

export const agendaRoutes: Route[] = [
  eventRoute({
    id: 'getMyAgenda',
    method: 'get',
    path,
    tag,
    summary: 'List the sessions of the caller, and those for which they wait',
    right: 'person',
    returns: OwnAgendaAnswer,
    errors: ['person_not_found'],
    handle: async (call) => {
      const me = await requireMe(call.scope, call.token)
      return single(call, printOwnAgenda, await loadAgenda(call.scope, me))
    },
  }),
  eventRoute({
    id: 'joinMySession',
    method: 'post',
    path,
    tag,
    summary: 'Join a session, or wait for a seat in it',
    right: 'person',
    query: { waitlist: v.optional(v.picklist(['true', 'false'], 'Expected true or false.')) },
    body: { wrapper: 'session', schema: JoinBody },
    returns: OwnAgendaAnswer,
    later: { description: 'Full: the caller waits for a seat.', schema: PlaceAnswer },
    errors: [
      'person_not_found',
      'session_not_found',
      'not_registered',
      'session_not_covered',
      'already_attending',
      'session_full',
      'meeting_conflict',
      'schedule_conflict',
    ],
    example: { session: { session_id: 'ses_…' } },
    handle: async (call) => {
      const { scope, token, view, query } = call
      const me = await requireMe(scope, token)
      const session = await sessionOf(call, call.body.session_id)
      const answer = (made: OwnAgenda | Waits): Answer =>
        'position' in made
          ? { status: 202, body: printPlace(view, made) }
          : ok(printOwnAgenda(view, made))
      const waits = query.waitlist === 'true'
      return write(call, answer, (own) => joinAlone(own, { me: me.id, session, waits }))
    },
  }),
  eventRoute({
    id: 'leaveMySession',
    method: 'delete',
    path: `${path}/{session}`,
    tag,
    summary: 'Leave a session, or its waitlist',
    right: 'person',
    returns: OwnAgendaAnswer,
    errors: ['person_not_found', 'session_not_found', 'not_attending'],
    handle: async (call) => {
      const { scope, token, params, view } = call
      const me = await requireMe(scope, token)
      const session = await sessionOf(call, params.session ?? '')
      if (session === undefined) throw new ApiError('session_not_found')
      return write(
        call,
        (made: OwnAgenda) => ok(printOwnAgenda(view, made)),
        (own) => leaveAlone(own, { me: me.id, session }, untagged(call)),
      )
    },
  }),
  eventRoute({
    id: 'getMyCalendar',
    method: 'get',
    path: `${path}/calendar.ics`,
    tag,
    summary: 'Read the agenda of the caller as an iCalendar file',
    right: 'person',
    returnsOther: { 'text/calendar': 'The calendar' },
    errors: ['person_not_found'],
    handle: async (call) => {
      const me = await requireMe(call.scope, call.token)
      return personCalendar(call.scope, call.event, me, hasAnswer(call))
    },
  }),
]
