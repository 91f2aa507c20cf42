import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { single } from '#lib/http/answer.ts'
import { commaList, pageOf, pageQuery, record, wordQuery } from '#lib/http/page.ts'
import { handlersOf, type Resource } from '#lib/http/resource.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { isPublic, type Session } from '#lib/model/session.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import {
  type LoadedSession,
  loadIncludedForSessions,
  requireLoadedSession,
  requireSession,
} from '#lib/store/read/included-sessions.ts'
import { listPublicSessions } from '#lib/store/read/public-sessions.ts'
import { listSessions } from '#lib/store/read/sessions.ts'
import { loadSessionsOverview } from '#lib/store/read/sessions-overview.ts'
import { deleteSession } from '#lib/store/write/delete-session.ts'
import { createSession, updateSession } from '#lib/store/write/sessions.ts'
import { date } from '#lib/wire/fields.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import {
  printSession,
  RoleAnswer,
  SessionAnswer,
  SessionBody,
  SessionsAnswer,
  sessionNullMeans,
  sessionPatchTarget,
} from '#lib/wire/session.ts'
import { sessionChange } from '#lib/wire/session-body.ts'
import { printSessionsOverview } from '#lib/wire/sessions-overview.ts'
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
  'schedule_conflict',
] as const
const changeErrors = ['session_not_found', 'id_mismatch', 'precondition_failed'] as const

export const sessionResource: Resource<LoadedSession, LoadedSession, SessionBody> = {
  param: 'session',
  missing: 'session_not_found',
  resolve: ({ scope, params }) => resolveId(scope, 'session', params.session ?? ''),
  read: requireLoadedSession,
  print: printSession,
  idField: 'session_id',
  idIn: ({ session_id }) => session_id,
  create: (_, scope, body, upsert) =>
    createSession(scope, () => sessionChange(scope, body, undefined), upsert),
  update: (_, scope, { id, body, precondition }) => {
    const wanted = async (current: LoadedSession) =>
      sessionChange(scope, body(current), current.session)
    return updateSession(scope, id, wanted, precondition)
  },
  patchTarget: ({ view }, current) => sessionPatchTarget(view, current),
  remove: deleteSession,
}
const handlers = handlersOf(sessionResource)

/** To attendees a draft is not there. */
async function requirePublic({ scope, params }: EventCall): Promise<void> {
  const id = await resolveId(scope, 'session', params.session ?? '')
  if (!isPublic(await requireSession(scope, id))) throw new ApiError('session_not_found')
}

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
      single(call, printSessionsOverview, await loadSessionsOverview(call.scope)),
  }),
  eventRoute({
    id: 'listSessions',
    method: 'get',
    path,
    tag,
    summary: 'List sessions by start time, all or those that filters name',
    right: 'programme',
    query: {
      ids: v.optional(commaList),
      tracks: v.optional(commaList),
      date: v.optional(date),
      q: v.optional(wordQuery),
      ...pageQuery(),
    },
    returns: SessionsAnswer,
    errors: ['invalid_cursor'],
    handle: async (call) => {
      const { scope, query, token } = call
      const list = token.role === 'attendee' ? listPublicSessions : listSessions
      const wanted = pageOf(query, query.q === undefined ? 'sessions' : 'keys')
      const found = await list(scope, query, wanted)
      const included = await loadIncludedForSessions(scope, found.rows)
      const print = (view: Presentation, session: Session) =>
        printSession(view, { session, included })
      return record(call, 'session_list', print, found)
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
    handle: handlers.create,
  }),
  eventRoute({
    id: 'getSession',
    method: 'get',
    path: one,
    names: 'session',
    tag,
    summary: 'Read a session',
    right: 'programme',
    returns: SessionAnswer,
    errors: ['session_not_found'],
    handle: async (call) => {
      if (call.token.role === 'attendee') await requirePublic(call)
      return handlers.get(call)
    },
  }),
  eventRoute({
    id: 'replaceSession',
    method: 'put',
    path: one,
    names: 'session',
    tag,
    summary: 'Replace a session, or create one under an external id',
    right: 'event:write',
    body: { wrapper: 'session', schema: SessionBody, nullMeans: sessionNullMeans },
    returns: SessionAnswer,
    errors: [...bodyErrors, ...changeErrors],
    example,
    handle: handlers.replace,
  }),
  eventRoute({
    id: 'changeSession',
    method: 'patch',
    path: one,
    names: 'session',
    tag,
    summary: 'Change some fields of a session',
    right: 'event:write',
    body: { wrapper: 'session', schema: SessionBody, mode: 'patch', nullMeans: sessionNullMeans },
    returns: SessionAnswer,
    errors: [...bodyErrors, ...changeErrors],
    example: { session: { session_end_time: '10-45', capacity: 450 } },
    handle: handlers.change,
  }),
  eventRoute({
    id: 'deleteSession',
    method: 'delete',
    path: one,
    names: 'session',
    tag,
    summary: 'Delete a session; it leaves every agenda and track',
    right: 'event:write',
    returns: SessionAnswer,
    errors: ['session_not_found', 'precondition_failed'],
    handle: handlers.remove,
  }),
]
