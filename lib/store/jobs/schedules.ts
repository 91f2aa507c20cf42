import { now } from '#lib/base/time.ts'
import type { AccessGroup, GroupUser, Schedule, UsageLog } from '#lib/model/schedule.ts'
import { userCount } from '#lib/store/write/access-groups.ts'
import { logCount, presencesOf } from '#lib/store/write/usage-logs.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { maxWrites, remove, transact, update } from '#lib/table/transact.ts'
import { erasureKey, isPersonal, strip } from './personal-logs.ts'
import { chunks, type Job, jobScope } from './queue.ts'

/**
 * Plans of this entity for the sweeper. Each may run any number of times; it returns true when nothing is
 * left and throws `store_busy` when the deadline comes first, so that the plan stays.
 */
export const schedulePlans = {
  'delete-schedule': async (plan: Job, deadline: number): Promise<boolean> => {
    await removeLogs(jobScope(plan, deadline), Number(plan.work.schedule))
    return true
  },
}

/** Removes every schedule, group, user and log of an event that is deleted; may be called again and again. */
export async function cleanUpEventSchedules(scope: EventScope): Promise<void> {
  // Without its stretches no set takes new rows, so what is removed after them stays removed.
  await removePartition(scope, userCount(scope).stretches)
  await removePartition(scope, keys.scheduleUsers(scope), (row) => {
    const user = row as GroupUser & Key
    return [keys.scheduleEmail(scope, user.email, user.group)]
  })
  for (const group of await queryRows<AccessGroup>(scope, { pk: keys.scheduleGroups(scope) })) {
    const rows = [keys.scheduleAccess(scope, group.accessKey), keys.scheduleGroup(scope, group.id)]
    await transact(
      scope,
      rows.map((key) => remove(key)),
    )
  }
  for (const schedule of await queryRows<Schedule>(scope, { pk: keys.schedules(scope) })) {
    await transact(scope, [
      remove(keys.scheduleByNumber(scope, schedule.id)),
      remove(keys.scheduleByGuid(scope, schedule.guid)),
    ])
    await removeLogs(scope, schedule.id)
    await transact(scope, [remove(keys.schedule(scope, schedule.id))])
  }
}

/**
 * Takes a person's identity out of the schedules of an event: the users with these e-mail addresses keep
 * their id, so usage stays right, and lose address, name and access; their logs lose what is personal. The
 * row that leads from the address to the user goes last, so an interrupted call can be repeated.
 */
export async function unlinkUsers(
  scope: EventScope,
  _person: string,
  emails: string[],
): Promise<void> {
  const schedules = await queryRows<Schedule>(scope, { pk: keys.schedules(scope) })
  for (const email of emails) {
    const pk = keys.scheduleEmails(scope, email)
    for (const row of await queryRows<Key & { user: number }>(scope, { pk })) {
      await transact(scope, [anonymous(scope, row.user)])
      for (const { id } of schedules) await stripLogs(scope, id, row.user)
      await transact(scope, [remove(row)])
    }
  }
}

const anonymous = (scope: EventScope, id: number) => {
  const key = keys.scheduleUser(scope, id)
  const email = `erased-${id}@erased.invalid`
  const set = { email, accessToken: '', erased: true, updatedAt: now() }
  return update(key, { set, remove: ['name'] }, { exists: true }, () => remove(key))
}

async function stripLogs(scope: EventScope, schedule: number, user: number): Promise<void> {
  const logs = await presencesOf(scope, schedule, user)
  for (const some of chunks(logs, maxWrites)) {
    const keysOf = some.map(({ timeIn, id }) => keys.scheduleLog(scope, schedule, timeIn, id))
    await transact(scope, keysOf.map(strip))
  }
}

async function removeLogs(scope: EventScope, schedule: number): Promise<void> {
  const tally = logCount(scope, schedule)
  await removePartition(scope, tally.stretches)
  await removePartition(scope, keys.schedulePresences(scope, schedule))
  await removePartition(scope, tally.rows, (log) => {
    const row = log as UsageLog & Key
    return isPersonal(row) ? [erasureKey(scope, schedule, row)] : []
  })
}

/** Removes the rows of a partition, and what goes with each, until none is left. */
async function removePartition(
  scope: EventScope,
  pk: string,
  also: (row: Key) => Key[] = () => [],
): Promise<void> {
  for (;;) {
    const rows = await queryRows<Key>(scope, { pk, limit: 900 })
    if (rows.length === 0) return
    const gone = rows.flatMap((row) => [...also(row), row])
    for (const some of chunks(gone, maxWrites))
      await transact(
        scope,
        some.map((key) => remove(key)),
      )
  }
}
