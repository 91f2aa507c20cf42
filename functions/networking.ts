import * as v from 'valibot'
import { effect, ok } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { page, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { sliceBy } from '#lib/http/slice.ts'
import { checkOwnId } from '#lib/http/upsert-ids.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import {
  type Admission,
  requireAdmission,
  requireNetworking,
  requireTicket,
} from '#lib/store/read/admission.ts'
import { upcomingKey, upcomingSessions } from '#lib/store/read/networking-sessions.ts'
import { holdRound } from '#lib/store/write/hold-round.ts'
import { type LoadedMatch, markMatch, matchesOf } from '#lib/store/write/matches.ts'
import { join, leave, registrationOf, setReady } from '#lib/store/write/registrations.ts'
import { learnPeople } from '#lib/wire/known-people.ts'
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
const entry = ['not_registered', 'session_not_found', 'session_not_covered'] as const

/** The caller's entry, with their own id known for printing. */
async function entryOf(call: EventCall) {
  const entered = await requireAdmission(call)
  await learnPeople(call.scope, call.view, [entered.me.id])
  await matched(call, entered)
  return entered
}

/** If-Match names the caller's place as the last answer printed it. */
async function matched(call: EventCall, { me, session }: Admission): Promise<void> {
  if (!call.request.headers.has('if-match')) return
  effect(call, printRegistration).guard(await registrationOf(call.scope, me, session))
}

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
      const caller = call.token.role === 'attendee' ? await requireTicket(call) : {}
      const all = await upcomingSessions(call.scope, caller)
      const rows = sliceBy(all, upcomingKey, call.query)
      const print = rows.map((row) => printUpcoming(call.view, row))
      const last = rows.at(-1)
      return page(call, print, all.length, last && upcomingKey(last))
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
    errors: [...entry, 'already_registered', 'session_full', 'meeting_conflict'],
    handle: async (call) => join(call, await entryOf(call), effect(call, printRegistration).reply),
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
    handle: async (call) => leave(call, await entryOf(call), effect(call, printRegistration).reply),
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
      const { reply } = effect(call, printRegistration)
      return setReady(call.scope, await entryOf(call), call.body.ready, reply)
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
      const session = await requireNetworking(call)
      const print = (round: Parameters<typeof printRound>[1]) => ok(printRound(call.view, round))
      return holdRound(call.scope, session, call.body?.seed, print)
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
      const { me, session } = await requireAdmission(call)
      const all = await matchesOf(call.scope, me.id, session)
      const rows = sliceBy(all, matchKey, call.query)
      const print = rows.map((row) => printMatch(call.view, row))
      const last = rows.at(-1)
      return page(call, print, all.length, last && matchKey(last))
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
      const { me, session } = await requireAdmission(call)
      const sent = call.params.userIdOfMatch ?? ''
      const other = await resolveId(call.scope, 'person', sent, call.view.system)
      checkOwnId(call.body.userIdOfMatch, other ?? '', 'userIdOfMatch', sent)
      const { matchStarted } = call.body
      return markMatch(call.scope, me.id, session, other, matchStarted, effect(call, printMatch))
    },
  }),
]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
