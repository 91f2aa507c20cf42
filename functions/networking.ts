import * as v from 'valibot'
import { pageOfList } from '#lib/base/page.ts'
import { ok, write, written } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import { checkOwnId } from '#lib/http/upsert-ids.ts'
import { requireAdmission, requireNetworking, requireTicket } from '#lib/store/read/admission.ts'
import { type LoadedMatch, matchesOf } from '#lib/store/read/matches.ts'
import { listUpcoming } from '#lib/store/read/networking-sessions.ts'
import { namedPerson } from '#lib/store/read/profiles.ts'
import { type HeldRound, holdRound } from '#lib/store/write/hold-round.ts'
import { markMatch } from '#lib/store/write/matches.ts'
import { join, leave, setReady } from '#lib/store/write/registrations.ts'
import {
  MatchAnswer,
  MatchBody,
  printMatch,
  printRegistration,
  printRound,
  printUpcoming,
  ReadyBody,
  RegistrationAnswer,
  RoundAnswer,
  RoundBody,
  UpcomingAnswer,
} from '#lib/wire/networking.ts'

const tag = 'Networking'
const path = '/events/{event}/networking/sessions'
const one = `${path}/{session}`
const entry = [
  'not_registered',
  'session_not_found',
  'session_not_covered',
  // Whoever is deleted while their request is under way.
  'person_not_found',
] as const

/** Matches come newest first: what is behind a round has a lower number. */
const matchKey = ({ match }: LoadedMatch) => String(999_999 - match.round).padStart(6, '0')

export const routes: Route[] = [
  eventRoute({
    id: 'listNetworkingSessions',
    method: 'get',
    path,
    tag,
    summary: 'List the networking sessions that are on or to come',
    description: 'Attendees need a ticket; `access` says whether it covers the session.',
    right: 'person',
    query: pageQuery(1000),
    returns: v.array(UpcomingAnswer),
    errors: ['not_registered', 'invalid_cursor'],
    handle: async (call) => {
      const { scope, token } = call
      const caller = token.role === 'attendee' ? await requireTicket(scope, token) : {}
      const found = await listUpcoming(scope, caller, pageOf(call.query, 'sessions'))
      return page(call, printUpcoming, found)
    },
  }),
  eventRoute({
    id: 'joinNetworkingSession',
    method: 'put',
    path: `${one}/registration`,
    tag,
    summary: 'Join a networking session: the caller attends it from now on',
    right: 'person',
    body: { schema: v.strictObject({}), optional: true },
    returns: RegistrationAnswer,
    errors: [
      ...entry,
      'already_registered',
      'session_full',
      'meeting_conflict',
      'schedule_conflict',
    ],
    handle: async (call) => {
      const admission = await requireAdmission(call.scope, call.token, call.params.session)
      return written(call, printRegistration, (scope, precondition) =>
        join(scope, admission, precondition),
      )
    },
  }),
  eventRoute({
    id: 'leaveNetworkingSession',
    method: 'delete',
    path: `${one}/registration`,
    tag,
    summary: 'Leave a networking session',
    right: 'person',
    returns: RegistrationAnswer,
    errors: [...entry, 'registration_not_found'],
    handle: async (call) => {
      const admission = await requireAdmission(call.scope, call.token, call.params.session)
      return written(call, printRegistration, (scope, precondition) =>
        leave(scope, admission, precondition),
      )
    },
  }),
  eventRoute({
    id: 'setNetworkingAvailability',
    method: 'put',
    path: `${one}/availability`,
    tag,
    summary: 'Say whether the caller is ready for the next round',
    description: 'Being paired uses it up: say it again for the round after.',
    right: 'person',
    body: { schema: ReadyBody },
    returns: RegistrationAnswer,
    errors: [...entry, 'registration_not_found'],
    example: { ready: true },
    handle: async (call) => {
      const admission = await requireAdmission(call.scope, call.token, call.params.session)
      return written(call, printRegistration, (scope, precondition) =>
        setReady(scope, admission, call.body.ready, precondition),
      )
    },
  }),
  eventRoute({
    id: 'holdNetworkingRound',
    method: 'post',
    path: `${one}/rounds`,
    tag,
    summary: 'Pair all who are ready',
    description: 'Nobody meets the same person twice; whoever was left out comes first next time.',
    right: 'attendance:write',
    body: { schema: RoundBody, optional: true },
    returns: RoundAnswer,
    errors: ['session_not_found', 'changed_meanwhile', 'too_many_ready'],
    example: { seed: 'tombola' },
    handle: async (call) => {
      const session = await requireNetworking(call.scope, call.params.session)
      return write(
        call,
        (round: HeldRound) => ok(printRound(call.view, round)),
        (scope) => holdRound(scope, session, call.body?.seed),
      )
    },
  }),
  eventRoute({
    id: 'listMatches',
    method: 'get',
    path: `${one}/matches`,
    tag,
    summary: 'List whom the caller was paired with, newest first',
    right: 'person',
    query: pageQuery(1000),
    returns: v.array(MatchAnswer),
    errors: [...entry, 'invalid_cursor'],
    handle: async (call) => {
      const { scope, token, params } = call
      const { me, session } = await requireAdmission(scope, token, params.session)
      const all = await matchesOf(scope, me.id, session)
      return page(call, printMatch, pageOfList(all, matchKey, pageOf(call.query, 'keys')))
    },
  }),
  eventRoute({
    id: 'markMatch',
    method: 'put',
    path: `${one}/matches/{userIdOfMatch}`,
    tag,
    summary: 'Say whether a pair has met',
    right: 'person',
    body: { wrapper: 'match', schema: MatchBody },
    returns: MatchAnswer,
    errors: [...entry, 'match_not_found', 'id_mismatch'],
    example: { matchStarted: true },
    handle: async (call) => {
      const admission = await requireAdmission(call.scope, call.token, call.params.session)
      const sent = call.params.userIdOfMatch ?? ''
      const other = await namedPerson(call.scope, call.token, sent)
      checkOwnId(call.body.userIdOfMatch, [other, sent], 'userIdOfMatch')
      const { matchStarted } = call.body
      return written(call, printMatch, (scope, precondition) =>
        markMatch(scope, admission, { other, matchStarted }, precondition),
      )
    },
  }),
]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
