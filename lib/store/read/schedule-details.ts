import type { GroupUser, Schedule, UsageLog } from '#lib/model/schedule.ts'
import {
  allAccessGroups,
  allUsers,
  groupsById,
  listUsers,
  personNumbers,
  usersById,
} from '#lib/store/write/access-groups.ts'
import { listLogs } from '#lib/store/write/usage-logs.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Detail, Read } from '#lib/wire/schedule.ts'
import { requireSchedule } from './schedules.ts'

/** A schedule with all groups of its event, all their users, and who of them is a person of the event. */
export async function loadDetail(scope: EventScope, id: number): Promise<Detail> {
  const [schedule, groups, users] = await Promise.all([
    requireSchedule(scope, id),
    allAccessGroups(scope),
    allUsers(scope),
  ])
  return { schedule, groups, users, people: await personNumbers(scope, users) }
}

/** A page of the users who may enter a schedule: those of every group of its event, by id. */
export async function loadUsers(
  scope: EventScope,
  id: number,
  wanted: PageWanted,
): Promise<{ total: number; users: GroupUser[]; people: Map<string, number> }> {
  const [{ total, rows }] = await Promise.all([
    listUsers(scope, wanted),
    requireSchedule(scope, id),
  ])
  return { total, users: rows, people: await personNumbers(scope, rows) }
}

/** A page of a schedule's logs with what their rows show of user, group and person: three batches. */
export async function loadLogs(
  scope: EventScope,
  schedule: Schedule,
  wanted: PageWanted,
): Promise<Page<Read & { log: UsageLog }>> {
  const { total, rows } = await listLogs(scope, schedule.id, wanted)
  const users = await usersById(
    scope,
    rows.map(({ user }) => user),
  )
  const found = [...users.values()]
  const [groups, people] = await Promise.all([
    groupsById(
      scope,
      found.map(({ group }) => group),
    ),
    personNumbers(scope, found),
  ])
  const read = rows.map((log) => {
    const user = users.get(log.user)
    return { schedule: schedule.id, log, user, group: user && groups.get(user.group), people }
  })
  return { total, rows: read }
}
