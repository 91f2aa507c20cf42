import * as v from 'valibot'
import { email } from '#lib/base/text.ts'
import { single, written } from '#lib/http/answer.ts'
import { lookUp } from '#lib/http/key-guessing.ts'
import type { EventCall, Route } from '#lib/http/route.ts'
import { scheduleRoute } from '#lib/http/wrappers.ts'
import { requireAccessGroup, requireUserByEmail } from '#lib/store/read/access-groups.ts'
import { createAccessGroup, joinAccessGroup } from '#lib/store/write/access-groups.ts'
import { printAccessGroup, printEventGroup, printGroupUser } from '#lib/wire/schedule.ts'
import { AccessGroupAnswer, EventGroupAnswer, GroupUserAnswer } from '#lib/wire/schedule-answers.ts'
import {
  AccessGroupBody,
  accessGroupFields,
  anyPlace,
  invitationOf,
  JoinBody,
} from '#lib/wire/schedule-bodies.ts'
import { readerOf } from './reader.ts'

const tag = 'Event schedules'

export const accessRoutes: Route[] = [
  scheduleRoute({
    id: 'createAccessGroup',
    method: 'post',
    path: '/events/{event}/groups',
    tag,
    summary: 'Make an access group with a new access key',
    description: anyPlace,
    right: 'event:write',
    body: { wrapper: 'event_group', schema: AccessGroupBody, form: true, fromQuery: true },
    returns: AccessGroupAnswer,
    errors: ['too_many_objects'],
    example: { name: 'Press', is_video: true, is_text: true },
    handle: async (call) =>
      written(call, printAccessGroup(readerOf(call)), (scope) =>
        createAccessGroup(scope, accessGroupFields(call.body)),
      ),
  }),
  scheduleRoute({
    id: 'getAccessGroup',
    method: 'get',
    path: '/events/{event}/groups/{access_key}',
    tag,
    summary: 'Find an access group by its key',
    right: 'event:read',
    returns: EventGroupAnswer,
    errors: ['access_group_not_found'],
    handle: async (call) => single(call, printEventGroup(readerOf(call)), await groupOf(call)),
  }),
  scheduleRoute({
    id: 'joinAccessGroup',
    method: 'post',
    path: '/events/{event}/groups/{access_key}',
    tag,
    summary: 'Invite an e-mail address into an access group',
    description: anyPlace,
    right: 'attendance:write',
    body: { wrapper: 'event_group_user', schema: JoinBody, form: true, fromQuery: true },
    returns: GroupUserAnswer,
    errors: ['access_group_not_found', 'email_already_invited', 'too_many_objects'],
    example: { email: 'someone@example.com' },
    handle: async (call) => {
      const group = await groupOf(call)
      return written(call, printGroupUser(readerOf(call)), (scope) =>
        joinAccessGroup(scope, group, invitationOf(call.body)),
      )
    },
  }),
  scheduleRoute({
    id: 'findAccessUser',
    method: 'get',
    path: '/events/{event}/users',
    tag,
    summary: 'Find a user of the access groups by e-mail address',
    right: 'event:read',
    query: { email, access_key: v.optional(v.pipe(v.string(), v.maxLength(200))) },
    returns: GroupUserAnswer,
    errors: ['group_user_not_found', 'access_group_not_found'],
    handle: async (call) => {
      const { access_key: key, email: address } = call.query
      const group = key === undefined ? undefined : await groupOf(call, key)
      const found = await requireUserByEmail(call.scope, address, group?.id)
      return single(call, printGroupUser(readerOf(call)), found)
    },
  }),
]

type Asking = Pick<EventCall, 'params' | 'scope' | 'token'>

const groupOf = (call: Asking, key = call.params.access_key ?? '') =>
  lookUp(call.token.id, () => requireAccessGroup(call.scope, key))
