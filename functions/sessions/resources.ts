import * as v from 'valibot'
import { isDate } from '#lib/base/time.ts'
import { effect, single } from '#lib/http/answer.ts'
import { commaList, pageQuery, record } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { linkAfter, sessionPage } from '#lib/http/session-page.ts'
import { checkOwnId, externalFromBody, externalFromPath } from '#lib/http/upsert-ids.ts'
import { visibleValues } from '#lib/model/custom-values.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import {
  type LoadedSession,
  loadIncludedForSessions,
  requireLoadedSession,
} from '#lib/store/read/included-sessions.ts'
import { listSessions } from '#lib/store/read/sessions.ts'
import { deleteSession } from '#lib/store/write/delete-session.ts'
import { createSession, updateSession } from '#lib/store/write/sessions.ts'
import { learn, type Presentation, printId } from '#lib/wire/presentation.ts'
import {
  printSession,
  RoleAnswer,
  SessionAnswer,
  SessionBody,
  SessionsAnswer,
  sessionNullMeans,
  sessionPatchTarget,
} from '#lib/wire/session.ts'
import { loadOverview, printOverview } from '#lib/wire/sessions-overview.ts'
import { TrackGroupAnswer } from '#lib/wire/track.ts'

const tag = 'Sessions'
const path = '/events/{event}/sessions/resources'
const one = `${path}/{session}`
const example = {
  session: {
    session_name: 'Opening keynote',
    session_description: '<p>Where we stand, and <b>where we go</b>.</p>',
    session_date: '2027-05-04',
    session_start_time: '09-00',
    session_end_time: '10-30',
    location: 'Great hall',
    capacity: 400,
  },
}
const bodyErrors = [
  'invalid_reference',
  'invalid_time',
  'unknown_custom_field',
  'duplicate_external_id',
  'reserved_id',
  'reserved_id_system',
  'too_large',
] as const
const changeErrors = ['session_not_found', 'id_mismatch', 'precondition_failed'] as const

const date = v.pipe(v.string(), v.check(isDate, 'Expected a date as YYYY-MM-DD.'))
const idOf = ({ scope, params, view }: EventCall) =>
  resolveId(scope, 'session', params.session ?? '', view.system)

export const sessionRoutes: Route[] = [
  eventRoute({
    id: 'getSessionsOverview',
    method: 'get',
    path: '/events/{event}/sessions',
    tag,
    summary: 'Count sessions and tracks, and tell who has a role',
    right: 'event:read',
    returns: v.object({
      session_number: v.number(),
      track_number: v.number(),
      session_role_number: v.number(),
      tracks: v.array(TrackGroupAnswer),
      sessions_roles: v.array(v.array(RoleAnswer)),
    }),
    handle: async (call) =>
      single(call, printOverview, await loadOverview(call.scope, call.event, call.view)),
  }),
  eventRoute({
    id: 'listSessions',
    method: 'get',
    path,
    tag,
    summary: 'List sessions by start time, all or those that filters name',
    right: 'event:read',
    query: {
      ids: v.optional(commaList),
      tracks: v.optional(commaList),
      date: v.optional(date),
      ...pageQuery(),
    },
    returns: SessionsAnswer,
    errors: ['invalid_cursor'],
    handle: async (call) => {
      const { scope, view, query } = call
      const walked = await listSessions(scope, query, sessionPage(query), view.system)
      const { total, rows } = walked
      const included = await loadIncludedForSessions(scope, rows, view)
      const print = rows.map((session) => printSession(view, { session, included }))
      const answer = record(call, 'session_list', print, total)
      return { ...answer, headers: { ...answer.headers, ...linkAfter(call, walked) } }
    },
  }),
  eventRoute({
    id: 'createSession',
    method: 'post',
    path,
    tag,
    summary: 'Create a session',
    right: 'event:write',
    body: { wrapper: 'session', schema: SessionBody, nullMeans: sessionNullMeans },
    returns: SessionAnswer,
    errors: [...bodyErrors],
    example,
    handle: async (call) => {
      const external = externalFromBody(call.body.session_id, 'session_id', call)
      return createSession(call, call.body, effect(call, printSession).reply, external)
    },
  }),
  eventRoute({
    id: 'getSession',
    method: 'get',
    path: one,
    tag,
    summary: 'Read a session',
    right: 'event:read',
    returns: SessionAnswer,
    errors: ['session_not_found'],
    handle: async (call) =>
      single(call, printSession, await requireLoadedSession(call, await idOf(call))),
  }),
  eventRoute({
    id: 'replaceSession',
    method: 'put',
    path: one,
    tag,
    summary: 'Replace a session, or create one under an external id',
    right: 'event:write',
    body: { wrapper: 'session', schema: SessionBody, nullMeans: sessionNullMeans },
    returns: SessionAnswer,
    errors: [...bodyErrors, ...changeErrors],
    example,
    handle: async (call) => {
      const { body } = call
      const id = await idOf(call)
      const writes = effect(call, printSession)
      if (!id) {
        const external = externalFromPath(call, 'session', 'session_not_found')
        return createSession(call, body, writes.reply, external)
      }
      checkOwnId(body.session_id, id, 'session_id', call.params.session)
      return updateSession(call, id, () => body, writes)
    },
  }),
  eventRoute({
    id: 'changeSession',
    method: 'patch',
    path: one,
    tag,
    summary: 'Change some fields of a session',
    right: 'event:write',
    body: { wrapper: 'session', schema: SessionBody, mode: 'patch', nullMeans: sessionNullMeans },
    returns: SessionAnswer,
    errors: [...bodyErrors, ...changeErrors],
    example: { session: { session_end_time: '10-45', capacity: 450 } },
    handle: async (call) => {
      const { session } = await requireLoadedSession(call, await idOf(call))
      const change = (current: LoadedSession) => {
        const body = call.body.onto(patchable(call.view, current))
        checkOwnId(body.session_id, session.id, 'session_id', call.params.session)
        return body
      }
      return updateSession(call, session.id, change, effect(call, printSession))
    },
  }),
  eventRoute({
    id: 'deleteSession',
    method: 'delete',
    path: one,
    tag,
    summary: 'Delete a session; it leaves every agenda and track',
    right: 'event:write',
    returns: SessionAnswer,
    errors: ['session_not_found', 'precondition_failed'],
    handle: async (call) => {
      const { session } = await requireLoadedSession(call, await idOf(call))
      return deleteSession(call, session.id, effect(call, printSession))
    },
  }),
]

/** What a merge patch is laid onto: custom values under the keys that the caller's system uses. */
function patchable(view: Presentation, { session, included }: LoadedSession) {
  for (const field of included.fields) learn(view, field.id, field.externalIds)
  const custom = visibleValues(session.custom, included.fields, (id) => printId(view, id))
  return { ...sessionPatchTarget(session), custom_fields_meta: custom }
}
