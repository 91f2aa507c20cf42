import { ApiError } from '#lib/base/errors.ts'
import type { Page, PageWanted } from '#lib/base/page.ts'
import type { AccessGroup, GroupUser, Membership } from '#lib/model/schedule.ts'
import { personNumber } from '#lib/model/schedule-rules.ts'
import { keys } from '#lib/table/keys.ts'
import { listOrdered, type OrderedCount } from '#lib/table/ordered-count.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** The users of an event over all its groups: in the order of their ids, so no counted set can page them. */
export const userCount = (scope: EventScope): OrderedCount => ({
  rows: keys.scheduleUsers(scope),
  segments: keys.scheduleUserSegments(scope),
})

/** The group of the event with this access key; the key alone opens nothing. */
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

/** The user with this e-mail address; of several groups the first to have invited it, or the one named. */
export async function requireUserByEmail(
  scope: EventScope,
  email: string,
  group?: number,
): Promise<Membership> {
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
  listOrdered<GroupUser & { sk: string }>(scope, userCount(scope), wanted)

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
