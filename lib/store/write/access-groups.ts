import { ApiError } from '#lib/base/errors.ts'
import { newHex } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import type { AccessGroup, Flags, GroupUser } from '#lib/model/schedule.ts'
import { personNumber } from '#lib/model/schedule-rules.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import { nextNumber } from '#lib/table/counter.ts'
import { keys } from '#lib/table/keys.ts'
import {
  countIn,
  cutGrown,
  listOrdered,
  type OrderedCount,
  openSegments,
  readSegments,
  segmentsTotal,
} from '#lib/table/ordered-count.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { check, put, transact } from '#lib/table/transact.ts'

export type GroupFields = Omit<AccessGroup, 'id' | 'accessKey' | 'createdAt' | 'updatedAt'>
export type Invitation = { email: string; name?: string | undefined } & Partial<Flags>

/** The users of an event over all its groups, in the order of their ids. */
export const userCount = (scope: EventScope): OrderedCount => ({
  rows: keys.scheduleUsers(scope),
  stretches: keys.scheduleUserTally(scope),
})

/** Makes a group with a new access key while the event lives. */
export async function createAccessGroup(
  scope: EventScope,
  fields: GroupFields,
  reply: (made: AccessGroup) => RecordedResponse,
): Promise<RecordedResponse> {
  const known = await queryRows(scope, { pk: keys.scheduleGroups(scope), only: ['sk'] })
  if (known.length >= limits.scheduleGroups.value) throw new ApiError('too_many_objects')
  const id = await nextNumber(scope, 'access-group')
  const at = now()
  const group: AccessGroup = { ...fields, id, accessKey: newHex(16), createdAt: at, updatedAt: at }
  const outcome = reply(group)
  const tally = userCount(scope)
  const opened = check({ pk: tally.stretches, sk: '!' }, { exists: true }, 'conflict')
  await transact(
    scope,
    [
      check(keys.event(scope.org, scope.event), { exists: true }, 'event_not_found'),
      put({ ...keys.scheduleGroup(scope, id), ...group }, { exists: false }, 'conflict'),
      put(
        { ...keys.scheduleAccess(scope, group.accessKey), group: id },
        { exists: false },
        'conflict',
      ),
      { ...openSegments(tally), orFail: () => opened },
    ],
    outcome,
  )
  return outcome
}

/** The group of the event with this access key; the key alone opens nothing (threats T24). */
export async function requireAccessGroup(
  scope: EventScope,
  accessKey: string,
): Promise<AccessGroup> {
  const usable = /^[0-9a-f]{32}$/.test(accessKey)
  const found =
    usable && (await getRow<{ group: number }>(scope, keys.scheduleAccess(scope, accessKey)))
  const group = found && (await getRow<AccessGroup>(scope, keys.scheduleGroup(scope, found.group)))
  if (!group) throw new ApiError('access_group_not_found')
  return group
}

export const allAccessGroups = (scope: EventScope): Promise<AccessGroup[]> =>
  queryRows<AccessGroup>(scope, { pk: keys.scheduleGroups(scope) })

/** Groups by id: one batch, whatever the number. */
export async function groupsById(
  scope: EventScope,
  ids: number[],
): Promise<Map<number, AccessGroup>> {
  const rows = await getRows<AccessGroup>(
    scope,
    ids.map((id) => keys.scheduleGroup(scope, id)),
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Lets an e-mail address into a group, once: flags that are not given are the group's. */
export async function joinAccessGroup(
  scope: EventScope,
  group: AccessGroup,
  invitation: Invitation,
  reply: (made: GroupUser) => RecordedResponse,
): Promise<RecordedResponse> {
  const user = newUser(group, invitation, await nextNumber(scope, 'group-user'))
  const outcome = reply(user)
  const tally = userCount(scope)
  const key = keys.scheduleUser(scope, user.id)
  const taken = { error: 'email_already_invited', detail: { field: 'email' } } as const
  return retryOnConflict(scope, async () => {
    const stretches = await readSegments(scope, tally)
    if (segmentsTotal(stretches) >= limits.scheduleUsers.value)
      throw new ApiError('too_many_objects')
    if (stretches.length === 0) throw new ApiError('access_group_not_found')
    await transact(
      scope,
      [
        put(
          { ...keys.scheduleEmail(scope, user.email, group.id), user: user.id },
          { exists: false },
          taken,
        ),
        put({ ...key, ...user }, { exists: false }, 'conflict'),
        ...countIn(tally, stretches, [key.sk]),
      ],
      outcome,
    )
    await cutGrown(scope, tally, stretches, [key.sk])
    return outcome
  })
}

function newUser(group: AccessGroup, invitation: Invitation, id: number): GroupUser {
  const at = now()
  return {
    id,
    group: group.id,
    email: invitation.email,
    name: invitation.name,
    isText: invitation.isText ?? group.isText,
    isVideo: invitation.isVideo ?? group.isVideo,
    isChat: invitation.isChat ?? group.isChat,
    isCameo: group.isCameo,
    accessToken: newHex(16),
    invitedAt: at,
    firstInvitedAt: at,
    createdAt: at,
    updatedAt: at,
  }
}

/** The user with this e-mail address; of several groups the first to have invited it, or the one named. */
export async function requireUserByEmail(
  scope: EventScope,
  email: string,
  group?: number,
): Promise<{ user: GroupUser; group: AccessGroup }> {
  const rows = await queryRows<{ sk: string; user: number }>(scope, {
    pk: keys.scheduleEmails(scope, email),
  })
  const found = rows.find(({ sk }) => group === undefined || Number(sk) === group)
  const user = found && (await getRow<GroupUser>(scope, keys.scheduleUser(scope, found.user)))
  const of = user && (await getRow<AccessGroup>(scope, keys.scheduleGroup(scope, user.group)))
  if (!user || !of) throw new ApiError('group_user_not_found')
  return { user, group: of }
}

export const allUsers = (scope: EventScope): Promise<GroupUser[]> =>
  queryRows<GroupUser>(scope, { pk: keys.scheduleUsers(scope) })

export const listUsers = (scope: EventScope, wanted: PageWanted): Promise<Page<GroupUser>> =>
  listOrdered<GroupUser>(scope, userCount(scope), wanted)

/** Users of the event by id; unknown and foreign ids are not in the answer. */
export async function usersById(scope: EventScope, ids: number[]): Promise<Map<number, GroupUser>> {
  const rows = await getRows<GroupUser>(
    scope,
    ids.map((id) => keys.scheduleUser(scope, id)),
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** E-mail address → the number of the event's person who has it now; one batch for all of them. */
export async function personNumbers(
  scope: EventScope,
  users: Iterable<GroupUser>,
): Promise<Map<string, number>> {
  const emails = [...new Set([...users].filter(({ erased }) => !erased).map(({ email }) => email))]
  const byKey = new Map(emails.map((email) => [keys.email(scope, email).pk, email]))
  const wanted = emails.map((email) => keys.email(scope, email))
  const rows = await getRows<{ pk: string; to: string }>(scope, wanted, ['to'])
  return new Map(
    rows
      .filter(({ to }) => typeof to === 'string' && !scope.deleting.has(to))
      .map(({ pk, to }) => [byKey.get(pk) ?? '', personNumber(to)]),
  )
}
