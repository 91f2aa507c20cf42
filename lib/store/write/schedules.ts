import { newHex } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import type { Schedule, ScheduleDetail, ScheduleFields } from '#lib/model/schedule.ts'
import { countedWrites } from '#lib/store/counts.ts'
import { deletionWrite, scheduleId } from '#lib/store/deletions.ts'
import { born } from '#lib/store/document.ts'
import { newJob } from '#lib/store/queue.ts'
import { loadAccess } from '#lib/store/read/schedule-details.ts'
import { requireSchedule } from '#lib/store/read/schedules.ts'
import { logCount } from '#lib/store/read/usage-logs.ts'
import { sets } from '#lib/store/sets.ts'
import { nextNumber } from '#lib/table/counter.ts'
import { keys } from '#lib/table/keys.ts'
import { closeEnd } from '#lib/table/open-end.ts'
import { lastSegment, openSegments } from '#lib/table/ordered-count.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { put, remove, type Write } from '#lib/table/writes.ts'
import { eventLives } from './event-lives.ts'

// By hand: schedules have integer ids, are found without their event, and come with an ordered count of logs.

/** Throws when the schedule is not as the caller has seen it, by its own row or by all that a reader is shown. */
export type SchedulePrecondition = (
  current: Schedule,
  whole: () => Promise<ScheduleDetail>,
) => Promise<void>

/** Makes a schedule, found by integer id and by GUID, with its set of logs opened, while the event lives. */
export async function createSchedule(scope: EventScope, fields: ScheduleFields): Promise<Schedule> {
  const id = await nextNumber(scope, 'schedule')
  const schedule: Schedule = { ...fields, ...born(), id, guid: newHex(16) }
  const to = { event: scope.event, id }
  return retryOnConflict(scope, () =>
    commit(
      scope,
      [
        eventLives(scope),
        put({ ...rowOf(scope, schedule) }, { exists: false }, 'conflict'),
        put({ ...keys.scheduleByNumber(scope, id), ...to }, { exists: false }, 'conflict'),
        put({ ...keys.scheduleByGuid(scope, schedule.guid), ...to }, { exists: false }, 'conflict'),
        openSegments(logCount(scope, id)),
        ...counted(scope, id, 1),
      ],
      schedule,
    ),
  )
}

export const updateSchedule = (
  scope: EventScope,
  id: number,
  fields: (current: Schedule) => ScheduleFields,
  precondition: SchedulePrecondition,
): Promise<Schedule> =>
  retryOnConflict(scope, async () => {
    const current = await seen(scope, id, precondition)
    const next = { ...current, ...fields(current), updatedAt: now(), vr: current.vr + 1 }
    return commit(scope, [put(rowOf(scope, next), { vr: current.vr }, 'conflict')], next)
  })

/** Makes a schedule vanish at once, with the end that counts new logs; a job removes its logs. */
export const deleteSchedule = (
  scope: EventScope,
  id: number,
  precondition: SchedulePrecondition,
): Promise<Schedule> =>
  retryOnConflict(scope, async () => {
    const current = await seen(scope, id, precondition)
    const writes = [
      remove(keys.schedule(scope, id), { vr: current.vr }, 'conflict'),
      remove(keys.scheduleByNumber(scope, id)),
      remove(keys.scheduleByGuid(scope, current.guid)),
      ...closeEnd(logCount(scope, id).segments, await lastSegment(scope, logCount(scope, id))),
      ...counted(scope, id, -1),
      deletionWrite(scope, scheduleId(id)),
      ...newJob(scope, 'delete-schedule', { schedule: id }).writes,
    ]
    return commit(scope, writes, current)
  })

async function seen(
  scope: EventScope,
  id: number,
  precondition: SchedulePrecondition,
): Promise<Schedule> {
  const schedule = await requireSchedule(scope, id)
  await precondition(schedule, async () => ({ schedule, ...(await loadAccess(scope)) }))
  return schedule
}

const rowOf = (scope: EventScope, schedule: Schedule) => ({
  ...schedule,
  ...keys.schedule(scope, schedule.id),
  kind: 'event_schedule',
})

const counted = (scope: EventScope, id: number, by: 1 | -1): Write[] =>
  countedWrites([{ set: sets.schedules(scope), id: keys.schedule(scope, id).sk, by }])
