import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import { single, written } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { handlersOf } from '#lib/http/resource.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { externalFromBody } from '#lib/http/upsert-ids.ts'
import type { CountedGroup, Group } from '#lib/model/group.ts'
import { countGroup, listGroups, requireGroup } from '#lib/store/read/groups.ts'
import { listMembers, membersNamed } from '#lib/store/read/members.ts'
import { loadPeopleOverview } from '#lib/store/read/people-overview.ts'
import { createGroup, deleteGroup, updateGroup } from '#lib/store/write/groups.ts'
import {
  GroupAnswer,
  GroupBody,
  groupFields,
  groupPatchTarget,
  NewGroupBody,
  printGroup,
} from '#lib/wire/group.ts'
import { PeopleOverviewAnswer, printPeopleOverview } from '#lib/wire/people-overview.ts'
import { MemberAnswer, printMember } from '#lib/wire/person.ts'

const tag = 'People'
const path = '/events/{event}/people/groups'
const one = `${path}/{group}`
const bodyErrors = [
  'duplicate_name',
  'duplicate_external_id',
  'reserved_name',
  'reserved_id',
  'reserved_id_system',
] as const

const groupOf = ({ scope, params }: EventCall) => requireGroup(scope, params.group ?? '')

/** An id of ours needs no look-up: whoever reads the group next sees whether it is there. */
const ownId = ({ scope, params }: EventCall): string | undefined =>
  scope.system === undefined && isId('group', params.group ?? '') ? params.group : undefined

const handlers = handlersOf<CountedGroup, Group, GroupBody>({
  param: 'group',
  missing: 'group_not_found',
  resolve: async (call) => ownId(call) ?? (await groupOf(call).catch(absent))?.id,
  read: async (scope, id) => countGroup(scope, await requireGroup(scope, id ?? '')),
  print: printGroup,
  idField: 'group_id',
  idIn: ({ group_id }) => group_id,
  create: (_, scope, body, upsert) => createGroup(scope, groupFields(body), async () => [], upsert),
  update: (_, scope, { id, body, precondition }) =>
    updateGroup(scope, id, (current) => groupFields(body(current)), precondition),
  patchTarget: (_, current) => groupPatchTarget(current),
  remove: deleteGroup,
})

export const groupRoutes: Route[] = [
  eventRoute({
    id: 'getPeopleOverview',
    method: 'get',
    path: '/events/{event}/people',
    tag,
    summary: 'Count people, groups and custom fields',
    right: 'event:read',
    returns: PeopleOverviewAnswer,
    handle: async (call) => single(call, printPeopleOverview, await loadPeopleOverview(call.scope)),
  }),
  eventRoute({
    id: 'listGroups',
    method: 'get',
    path,
    tag,
    summary: 'List the groups, built-in ones included',
    right: 'event:read',
    query: pageQuery(1000),
    returns: v.array(GroupAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) =>
      page(call, printGroup, await listGroups(call.scope, pageOf(call.query, 'group'))),
  }),
  eventRoute({
    id: 'createGroup',
    method: 'post',
    path,
    tag,
    summary: 'Create a group, with up to 1,000 members',
    right: 'event:write',
    body: { wrapper: 'group', schema: NewGroupBody },
    returns: GroupAnswer,
    errors: [...bodyErrors, 'invalid_reference', 'member_mismatch'],
    example: { group: { group_name: 'Press', group_color: '#AD1457' } },
    handle: async (call) => {
      const { body } = call
      const external = externalFromBody(body.group_id, 'group_id', call)
      const members = () => membersNamed(call.scope, body.group_members ?? [])
      return written(call, printGroup, (scope) =>
        createGroup(scope, groupFields(body), members, external),
      )
    },
  }),
  eventRoute({
    id: 'getGroup',
    method: 'get',
    path: one,
    names: 'group',
    tag,
    summary: 'Read a group by id or by name',
    right: 'event:read',
    returns: GroupAnswer,
    errors: ['group_not_found'],
    handle: async (call) =>
      single(call, printGroup, await countGroup(call.scope, await groupOf(call))),
  }),
  eventRoute({
    id: 'replaceGroup',
    method: 'put',
    path: one,
    names: 'group',
    tag,
    summary: 'Replace name, colour and note of a group, or create it under an external id',
    right: 'event:write',
    body: { wrapper: 'group', schema: GroupBody, nullMeans: { external_ids: [] } },
    returns: GroupAnswer,
    errors: [
      ...bodyErrors,
      'group_not_found',
      'builtin_group',
      'id_mismatch',
      'precondition_failed',
    ],
    handle: handlers.replace,
  }),
  eventRoute({
    id: 'changeGroup',
    method: 'patch',
    path: one,
    names: 'group',
    tag,
    summary: 'Change a group',
    right: 'event:write',
    body: { wrapper: 'group', schema: GroupBody, mode: 'patch', nullMeans: { external_ids: [] } },
    returns: GroupAnswer,
    errors: [
      ...bodyErrors,
      'group_not_found',
      'builtin_group',
      'id_mismatch',
      'precondition_failed',
    ],
    handle: handlers.change,
  }),
  eventRoute({
    id: 'deleteGroup',
    method: 'delete',
    path: one,
    names: 'group',
    tag,
    summary: 'Delete a group; its members stay',
    right: 'event:write',
    returns: GroupAnswer,
    errors: ['group_not_found', 'builtin_group', 'precondition_failed'],
    handle: handlers.remove,
  }),
  eventRoute({
    id: 'listGroupMembers',
    method: 'get',
    path: `${one}/members`,
    tag,
    summary: 'List the members of a group',
    right: 'event:read',
    query: pageQuery(1000),
    returns: v.array(MemberAnswer),
    errors: ['group_not_found', 'invalid_cursor'],
    handle: async (call) => {
      const wanted = pageOf(call.query, 'person')
      const found = await listMembers(call.scope, await groupOf(call), wanted)
      return page(call, printMember, found)
    },
  }),
]

function absent(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.reason !== 'group_not_found') throw error
}
