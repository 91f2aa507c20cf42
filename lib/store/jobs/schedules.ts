import { chunks } from '#lib/base/chunks.ts'
import { now } from '#lib/base/time.ts'
import type { AccessGroup, GroupUser, Schedule, UsageLog } from '#lib/model/schedule.ts'
import { isPersonal } from '#lib/model/schedule-rules.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { jobScope } from '#lib/store/queue.ts'
import { userCount } from '#lib/store/read/access-groups.ts'
import { allSchedules } from '#lib/store/read/schedules.ts'
import { logCount, staysOf } from '#lib/store/read/usage-logs.ts'
import { sets } from '#lib/store/sets.ts'
import { unlessConflict } from '#lib/store/unless-conflict.ts'
import { erasureKey, stripWrite } from '#lib/store/write/log-erasures.ts'
import { deletePartition } from '#lib/table/delete-partition.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { closeBuckets } from '#lib/table/shards.ts'
import { transact } from '#lib/table/transact.ts'
import { remove, update, type Write } from '#lib/table/writes.ts'
import type { JobRunner } from './in-event.ts'

/** Schedules that are worked on at the same time. */
const atOnce = 16

export const scheduleJobs: Record<string, JobRunner> = {
  // Not `inEvent`: the logs of a deleted schedule outlive their event's rows, and so do their erasures.
  'delete-schedule': (job, deadline) =>
    removeLogs(remainsScope(jobScope(job, deadline), job.event), Number(job.work.schedule)),
}

/** Removes every schedule, group, user and log of an event that is deleted; false when the deadline came first. */
export async function wipeSchedules(scope: EventScope): Promise<boolean> {
  // Without what counts them no set takes new rows, so what is removed after it stays removed.
  const counted = [sets.schedules(scope), sets.accessGroups(scope), sets.accessUsers(scope)]
  await transact(scope, counted.flatMap(closeBuckets))
  return (
    (await deletePartition(scope, userCount(scope).segments)) &&
    (await emptyPartition<GroupUser>(scope, keys.scheduleUsers(scope), (user) => [
      keys.scheduleEmail(scope, user.email, user.group),
    ])) &&
    (await emptyPartition<AccessGroup>(scope, keys.scheduleGroups(scope), (group) => [
      keys.scheduleAccess(scope, group.accessKey),
    ])) &&
    (await wipeAll(scope, await allSchedules(scope)))
  )
}

async function wipeAll(scope: EventScope, all: Schedule[]): Promise<boolean> {
  for (const some of chunks(all, atOnce)) {
    const emptied = await Promise.all(some.map(({ id }) => removeLogs(scope, id)))
    if (emptied.includes(false)) return false
    const rows = some.flatMap(({ id, guid }) => [
      keys.scheduleByNumber(scope, id),
      keys.scheduleByGuid(scope, guid),
      keys.schedule(scope, id),
    ])
    await transact(scope, rows.map(gone))
  }
  return true
}

/**
 * Takes a person's identity out of the schedules of an event: the users with these e-mail addresses keep
 * their id, so usage stays right, and lose address, name and access; their logs lose what is personal. The
 * row that leads from the address to the user goes last, so an interrupted call can be repeated. False when the
 * deadline came first.
 */
export async function unlinkUsers(scope: EventScope, emails: string[]): Promise<boolean> {
  const schedules = await allSchedules(scope)
  for (const email of emails) {
    const pk = keys.scheduleEmails(scope, email)
    for (const { user, ...row } of await queryRows<Key & { user: number }>(scope, { pk })) {
      await transact(scope, [anonymous(scope, user)])
      for (const some of chunks(schedules, atOnce)) {
        if (Date.now() >= scope.deadline) return false
        await Promise.all(some.map(({ id }) => stripLogs(scope, id, user)))
      }
      // Whoever was invited under the same address meanwhile keeps it.
      const left = remove(row, { equals: { user } }, 'conflict')
      await unlessConflict(() => transact(scope, [left]))
    }
  }
  return true
}

const anonymous = (scope: EventScope, id: number): Write => {
  const key = keys.scheduleUser(scope, id)
  const email = `erased-${id}@erased.invalid`
  const set = { kind: 'group_user', email, accessToken: '', erased: true, updatedAt: now() }
  return update(key, { set, remove: ['name'] }, { exists: true }, () => remove(key))
}

async function stripLogs(scope: EventScope, schedule: number, user: number): Promise<void> {
  const stays = await staysOf(scope, schedule, user)
  const logs = stays.map(({ timeIn, id }) => keys.scheduleLog(scope, schedule, timeIn, id))
  await transactInParts(
    scope,
    logs.map((log) => [stripWrite(log)]),
  )
}

async function removeLogs(scope: EventScope, schedule: number): Promise<boolean> {
  const { segments, rows } = logCount(scope, schedule)
  return (
    (await deletePartition(scope, segments)) &&
    (await deletePartition(scope, keys.scheduleStays(scope, schedule))) &&
    (await emptyPartition<UsageLog>(scope, rows, (log) =>
      isPersonal(log) ? [erasureKey(scope, schedule, log)] : [],
    ))
  )
}

/** Removes the rows of a partition, each with the row that leads to it; false when the deadline came first. */
async function emptyPartition<T>(
  scope: EventScope,
  pk: string,
  withIt: (row: T) => [Key] | [],
): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    const rows = await queryRows<T & Key>(scope, { pk, limit: pageOfRows })
    if (rows.length === 0) return true
    await transactInParts(
      scope,
      rows.map((row) => [...withIt(row), row].map(gone)),
    )
  }
  return false
}

const pageOfRows = 500
const gone = (key: Key): Write => remove(key)
