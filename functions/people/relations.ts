import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { hasAnswer, type Print, preconditionOf, single, written } from '#lib/http/answer.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { withFeed } from '#lib/http/wrappers.ts'
import type { LinkChange } from '#lib/model/link.ts'
import type { Person } from '#lib/model/person.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { requireGroup } from '#lib/store/read/groups.ts'
import {
  type LoadedPerson,
  loadPerson,
  requireLoaded,
  requirePerson,
} from '#lib/store/read/included-people.ts'
import { resolveReferences } from '#lib/store/read/references.ts'
import { changeLinks } from '#lib/store/write/people.ts'
import { personCalendar } from '#lib/wire/calendars.ts'
import { reference } from '#lib/wire/fields.ts'
import { AgendaAnswer, attendedAgenda, GroupRef, printGroups } from '#lib/wire/person.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { requireRole } from '#lib/wire/session-role.ts'

const tag = 'People'
const person = '/events/{event}/people/resources/{person}'

const idOf = async ({ scope, params }: EventCall) => {
  const id = await resolveId(scope, 'person', params.person ?? '')
  return (await requirePerson(scope, id)).id
}

export const personRelationRoutes: Route[] = [
  eventRoute({
    id: 'listPersonGroups',
    method: 'get',
    path: `${person}/groups`,
    tag,
    summary: 'List the groups of a person',
    right: 'event:read',
    returns: v.array(GroupRef),
    errors: ['person_not_found'],
    handle: async (call) => {
      const loaded = await requireLoaded(call.scope, await idOf(call))
      const answer = single(call, printGroups, loaded)
      const total = String(printGroups(call.view, loaded).length)
      return { ...answer, headers: { ...answer.headers, 'x-total-count': total } }
    },
  }),
  eventRoute({
    id: 'addPersonToGroup',
    method: 'post',
    path: `${person}/groups/{group}`,
    tag,
    summary: 'Put a person into a group, named by id or by name',
    right: 'attendance:write',
    returns: v.array(GroupRef),
    errors: ['person_not_found', 'group_not_found', 'already_member', 'builtin_group'],
    handle: (call) => changeMembership(call, true),
  }),
  eventRoute({
    id: 'removePersonFromGroup',
    method: 'delete',
    path: `${person}/groups/{group}`,
    tag,
    summary: 'Take a person out of a group',
    right: 'attendance:write',
    returns: v.array(GroupRef),
    errors: ['person_not_found', 'group_not_found', 'not_a_member', 'builtin_group'],
    handle: (call) => changeMembership(call, false),
  }),
  eventRoute({
    id: 'listPersonSessions',
    method: 'get',
    path: `${person}/sessions`,
    tag,
    summary: 'List the sessions that a person attends',
    right: 'event:read',
    returns: AgendaAnswer,
    errors: ['person_not_found'],
    handle: async (call) =>
      single(call, printSessions, await requireLoaded(call.scope, await idOf(call))),
  }),
  withFeed(
    eventRoute({
      id: 'getPersonCalendar',
      method: 'get',
      path: `${person}/sessions/calendar.ics`,
      tag,
      summary: 'Read the agenda of a person as an iCalendar file',
      description:
        'A token opens it, or in its place the text of a feed of that person in `?feed=`.',
      right: 'event:read',
      returnsOther: { 'text/calendar': 'The calendar' },
      errors: ['person_not_found'],
      handle: async (call) => {
        const owner = await requirePerson(call.scope, await idOf(call))
        return personCalendar(call.scope, call.event, owner, hasAnswer(call))
      },
    }),
  ),
  eventRoute({
    id: 'addPersonSessions',
    method: 'post',
    path: `${person}/sessions`,
    tag,
    summary: 'Let a person attend sessions',
    right: 'attendance:write',
    body: {
      wrapper: 'session',
      schema: v.strictObject({
        sessions: v.pipe(
          v.array(
            v.strictObject({
              session_id: reference,
              session_roles: v.nullish(v.array(v.string())),
            }),
          ),
          v.minLength(1, 'At least one session.'),
          v.maxLength(limits.assignAgenda.value, 'Too many sessions.'),
        ),
      }),
    },
    returns: v.array(AgendaAnswer),
    errors: [
      'person_not_found',
      'invalid_reference',
      'already_attending',
      'session_full',
      'schedule_conflict',
      'too_many_objects',
    ],
    example: { session: { sessions: [{ session_id: 'ses_…', session_roles: [] }] } },
    handle: async (call) => {
      const sent = call.body.sessions
      const id = await idOf(call)
      const decide = async (one: Person) => attendLinks(one, await sessionsNamed(call.scope, sent))
      return changed(call, id, printSessionList, decide)
    },
  }),
  eventRoute({
    id: 'removePersonSession',
    method: 'delete',
    path: `${person}/sessions/{session}`,
    tag,
    summary: 'Take a person off the attendees of a session',
    right: 'attendance:write',
    returns: v.array(AgendaAnswer),
    errors: ['person_not_found', 'session_not_found', 'not_attending'],
    handle: async (call) => {
      const { scope, params } = call
      const id = await idOf(call)
      const session = await resolveId(scope, 'session', params.session ?? '')
      if (!session || scope.deleting.has(session)) throw new ApiError('session_not_found')
      return changed(call, id, printSessionList, async (one) => leaveLinks(one, session))
    },
  }),
]

const printSessions = (view: Presentation, loaded: LoadedPerson) => ({
  sessions: attendedAgenda(view, loaded),
})
const printSessionList = (view: Presentation, loaded: LoadedPerson) => [printSessions(view, loaded)]

async function changeMembership(call: EventCall, joins: boolean) {
  const { scope, params } = call
  const id = await idOf(call)
  const decide = async (one: Person): Promise<LinkChange[]> => {
    const group = await requireGroup(scope, params.group ?? '')
    if (group.type !== 'custom') throw new ApiError('builtin_group')
    const isMember = one.groupIds?.has(group.id) ?? false
    if (isMember && joins) throw new ApiError('already_member')
    if (!isMember && !joins) throw new ApiError('not_a_member')
    return [{ link: { kind: 'member', person: id, group: group.id }, added: joins }]
  }
  return changed(call, id, printGroups, decide)
}

type Decide = (one: Person) => Promise<LinkChange[]>

const changed = (call: EventCall, id: string, print: Print<LoadedPerson>, decide: Decide) =>
  written(call, print, (scope) => {
    const guarded = call.request.method === 'DELETE' && call.request.headers.has('if-match')
    const decided = async (one: Person) => {
      if (guarded) checkListed(call, print, await loadPerson(scope, one))
      return decide(one)
    }
    return changeLinks(scope, id, decided, (person) => loadPerson(scope, person))
  })

/** `If-Match` names the list as GET answers it, or as the write before this one did. */
function checkListed(call: EventCall, print: Print<LoadedPerson>, loaded: LoadedPerson): void {
  try {
    preconditionOf(call, print)(loaded)
  } catch {
    preconditionOf(call, print === printSessionList ? printSessions : print)(loaded)
  }
}

type Wanted = { session: string; roles: string[] }

async function sessionsNamed(
  scope: EventCall['scope'],
  sent: { session_id: string; session_roles?: string[] | null | undefined }[],
): Promise<Wanted[]> {
  const ids = sent.map(({ session_id }) => session_id)
  const field = (n: number) => `sessions[${n}].session_id`
  const sessions = await resolveReferences(scope, 'session', ids, field)
  return sessions.map(({ id }, n) => ({
    session: id,
    roles: (sent[n]?.session_roles ?? []).map((name, m) =>
      requireRole(name, `sessions[${n}].session_roles[${m}]`),
    ),
  }))
}

function attendLinks(one: Person, wanted: Wanted[]): LinkChange[] {
  return wanted.flatMap(({ session, roles }) => {
    if (one.agenda[session]?.attends) throw new ApiError('already_attending')
    const base = { person: one.id, session }
    return [
      { link: { kind: 'attends' as const, ...base }, added: true },
      ...roles.map((role) => ({ link: { kind: 'role' as const, ...base, role }, added: true })),
    ]
  })
}

function leaveLinks(one: Person, session: string): LinkChange[] {
  if (!one.agenda[session]?.attends) throw new ApiError('not_attending')
  return [{ link: { kind: 'attends', person: one.id, session }, added: false }]
}
