import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { effect, single } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { checkOwnId, externalFromBody, externalFromPath } from '#lib/http/upsert-ids.ts'
import type { Group } from '#lib/model/group.ts'
import { requireGroup } from '#lib/store/read/groups.ts'
import { listMembers, membersNamed } from '#lib/store/read/members.ts'
import {
  countGroup,
  createGroup,
  deleteGroup,
  listGroups,
  updateGroup,
} from '#lib/store/write/groups.ts'
import {
  GroupAnswer,
  GroupBody,
  groupFields,
  groupPatchTarget,
  NewGroupBody,
  printGroup,
} from '#lib/wire/group.ts'
import { loadOverview, OverviewAnswer, printOverview } from '#lib/wire/people-overview.ts'
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

const groupOf = ({ scope, params, view }: EventCall) =>
  requireGroup(scope, params.group ?? '', view.system)

export const groupRoutes: Route[] = [
  eventRoute({
    id: 'getPeopleOverview',
    method: 'get',
    path: '/events/{event}/people',
    tag,
    summary: 'Count people, groups and custom fields',
    right: 'event:read',
    returns: OverviewAnswer,
    handle: async (call) => single(call, printOverview, await loadOverview(call.scope)),
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
    handle: async (call) => {
      const { total, rows } = await listGroups(call.scope, pageOf(call.query, 'group'))
      const print = rows.map((row) => printGroup(call.view, row))
      return page(call, print, total, rows.at(-1)?.group.id)
    },
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
      const { body, scope, event, view } = call
      const external = externalFromBody(body.group_id, 'group_id', call)
      const members = await membersNamed(scope, body.group_members ?? [], view.system)
      const fields = { ...groupFields(body), externalIds: body.external_ids ?? undefined, members }
      return createGroup(scope, event, fields, effect(call, printGroup).reply, external)
    },
  }),
  eventRoute({
    id: 'getGroup',
    method: 'get',
    path: one,
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
    handle: async (call) => {
      const { body, scope, event } = call
      const fields = { ...groupFields(body), externalIds: body.external_ids ?? undefined }
      const writes = effect(call, printGroup)
      const group = await groupOf(call).catch(absent)
      if (!group) {
        const external = externalFromPath(call, 'group', 'group_not_found')
        return createGroup(scope, event, { ...fields, members: [] }, writes.reply, external)
      }
      checkOwnId(body.group_id, group.id, 'group_id', call.params.group)
      return updateGroup(scope, group.id, () => fields, writes)
    },
  }),
  eventRoute({
    id: 'changeGroup',
    method: 'patch',
    path: one,
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
    handle: async (call) => {
      const { id } = await groupOf(call)
      const change = (current: Group) => {
        const body = call.body.onto(groupPatchTarget(current))
        checkOwnId(body.group_id, id, 'group_id', call.params.group)
        return { ...groupFields(body), externalIds: body.external_ids ?? undefined }
      }
      return updateGroup(call.scope, id, change, effect(call, printGroup))
    },
  }),
  eventRoute({
    id: 'deleteGroup',
    method: 'delete',
    path: one,
    tag,
    summary: 'Delete a group; its members stay',
    right: 'event:write',
    returns: GroupAnswer,
    errors: ['group_not_found', 'builtin_group', 'precondition_failed'],
    handle: async (call) =>
      deleteGroup(call.scope, (await groupOf(call)).id, effect(call, printGroup)),
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
      const { total, rows, last = rows.at(-1)?.id, read } = found
      const print = rows.map((person) => printMember(call.view, person))
      return page(call, print, total, last, read)
    },
  }),
]

function absent(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.reason !== 'group_not_found') throw error
}
