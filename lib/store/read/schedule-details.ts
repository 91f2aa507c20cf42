import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { instantOf } from '#lib/base/time.ts'
import type {
  GroupUser,
  KeptLog,
  ListedLog,
  ListedUser,
  Schedule,
  ScheduleDetail,
} from '#lib/model/schedule.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import {
  allAccessGroups,
  allUsers,
  groupsById,
  listUsers,
  personNumbers,
  usersById,
} from './access-groups.ts'
import { requireSchedule } from './schedules.ts'
import { listLogs, staysOf } from './usage-logs.ts'

/** A schedule with all groups of its event, all their users, and who of them is a person of the event. */
export async function loadDetail(scope: EventScope, id: number): Promise<ScheduleDetail> {
  const [schedule, around] = await Promise.all([requireSchedule(scope, id), loadAccess(scope)])
  return { schedule, ...around }
}

/** The groups of an event with all their users, as every schedule of it shows them. */
export async function loadAccess(scope: EventScope): Promise<Omit<ScheduleDetail, 'schedule'>> {
  const [groups, users] = await Promise.all([allAccessGroups(scope), allUsers(scope)])
  return { groups, users, people: await personNumbers(scope, users) }
}

/** A page of the users who may enter a schedule: those of every group of its event, by id. */
export async function loadUsers(
  scope: EventScope,
  id: number,
  wanted: PageWanted,
): Promise<Page<ListedUser>> {
  const [page] = await Promise.all([listUsers(scope, wanted), requireSchedule(scope, id)])
  const people = await personNumbers(scope, page.rows)
  return { ...page, rows: page.rows.map((user) => ({ user, people })) }
}

/** A page of a schedule's logs with what their rows show of user, group and person: three batches. */
export async function loadLogs(
  scope: EventScope,
  schedule: Schedule,
  wanted: PageWanted,
): Promise<Page<ListedLog>> {
  const page = await listLogs(scope, schedule.id, wanted)
  const users = await usersById(
    scope,
    page.rows.map(({ user }) => user),
  )
  const found = [...users.values()]
  const [groups, people] = await Promise.all([
    groupsById(
      scope,
      found.map(({ group }) => group),
    ),
    personNumbers(scope, found),
  ])
  const rows = page.rows.map((log) => {
    const user = users.get(log.user)
    return { schedule: schedule.id, log, user, group: user && groups.get(user.group), people }
  })
  return { ...page, rows }
}

/** A page of one user's logs as posting them answered; a cursor is the place of a log in the list of all. */
export async function loadUserLogs(
  scope: EventScope,
  schedule: Schedule,
  user: GroupUser,
  wanted: PageWanted,
): Promise<Page<KeptLog>> {
  const [stays, groups] = await Promise.all([
    staysOf(scope, schedule.id, user.id),
    groupsById(scope, [user.group]),
  ])
  const placed = stays.map((stay) => {
    const { sk } = keys.scheduleLog(scope, schedule.id, stay.timeIn, stay.id)
    return { ...stay, sk }
  })
  const page = pageOfList(placed, ({ sk }) => sk, wanted)
  const rows = page.rows.map(({ id, timeIn, timeOut }) => ({
    id,
    schedule,
    user,
    group: groups.get(user.group),
    timeIn: instantOf(timeIn),
    timeOut: instantOf(timeOut),
  }))
  return { ...page, rows }
}
