import { ApiError } from '#lib/base/errors.ts'
import { newHex } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import type { Schedule } from '#lib/model/schedule.ts'
import { byStart, currentSchedule } from '#lib/model/schedule-rules.ts'
import { newJob } from '#lib/store/jobs/queue.ts'
import { requireSchedule } from '#lib/store/read/schedules.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import { nextNumber } from '#lib/table/counter.ts'
import { keys } from '#lib/table/keys.ts'
import { openSegments } from '#lib/table/ordered-count.ts'
import { queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { check, put, remove, transact } from '#lib/table/transact.ts'
import { logCount } from './usage-logs.ts'

export type ScheduleFields = Pick<Schedule, 'startsAt' | 'endsAt' | 'status' | 'onDemandUrl'>
type Writes = {
  guard: (current: Schedule) => void | Promise<void>
  reply: (next: Schedule) => RecordedResponse
}

/** Makes a schedule, found by integer id and by GUID, with its set of logs opened, while the event lives. */
export async function createSchedule(
  scope: EventScope,
  fields: ScheduleFields,
  reply: Writes['reply'],
): Promise<RecordedResponse> {
  const known = await queryRows(scope, { pk: keys.schedules(scope), only: ['sk'] })
  if (known.length >= limits.schedules.value) throw new ApiError('too_many_objects')
  const id = await nextNumber(scope, 'schedule')
  const at = now()
  const schedule: Schedule = {
    ...fields,
    id,
    guid: newHex(16),
    createdAt: at,
    updatedAt: at,
    vr: 1,
  }
  const to = { event: scope.event, id }
  const outcome = reply(schedule)
  await transact(
    scope,
    [
      check(keys.event(scope.org, scope.event), { exists: true }, 'event_not_found'),
      put({ ...keys.schedule(scope, id), ...schedule }, { exists: false }, 'conflict'),
      put({ ...keys.scheduleByNumber(scope, id), ...to }),
      put({ ...keys.scheduleByGuid(scope, schedule.guid), ...to }),
      openSegments(logCount(scope, id)),
    ],
    outcome,
  )
  return outcome
}

/** Schedules of the event by start, then id. */
export async function listSchedules(
  scope: EventScope,
  { limit, offset, after = '' }: PageWanted,
): Promise<Page<Schedule>> {
  const all = await allSchedules(scope)
  const rest = all.sort(byStart).filter((schedule) => scheduleOrder(schedule) > after)
  return { total: all.length, rows: rest.slice(offset, offset + limit) }
}

/** The place of a schedule in that list, as its cursors name it. */
export const scheduleOrder = ({ startsAt, id }: Schedule): string =>
  `${startsAt}#${String(id).padStart(10, '0')}`

/** The schedule of the event that is on, or the next (rules.ts); `schedule_not_found` without any. */
export async function requireCurrentSchedule(scope: EventScope): Promise<Schedule> {
  const schedule = currentSchedule(await allSchedules(scope), now())
  if (!schedule) throw new ApiError('schedule_not_found')
  return schedule
}

export async function updateSchedule(
  scope: EventScope,
  id: number,
  change: (current: Schedule) => ScheduleFields,
  { guard, reply }: Writes,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await requireSchedule(scope, id)
    await guard(current)
    const next: Schedule = { ...current, ...change(current), updatedAt: now(), vr: current.vr + 1 }
    const outcome = reply(next)
    const row = put({ ...keys.schedule(scope, id), ...next }, { vr: current.vr }, 'conflict')
    await transact(scope, [row], outcome)
    return outcome
  })
}

/** Makes a schedule vanish at once; a plan removes its logs. */
export async function deleteSchedule(
  scope: EventScope,
  id: number,
  { guard, reply }: Writes,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await requireSchedule(scope, id)
    await guard(current)
    const outcome = reply(current)
    await transact(
      scope,
      [
        remove(keys.schedule(scope, id), { vr: current.vr }, 'conflict'),
        remove(keys.scheduleByNumber(scope, id)),
        remove(keys.scheduleByGuid(scope, current.guid)),
        newJob(scope, 'delete-schedule', { schedule: id }).write,
      ],
      outcome,
    )
    return outcome
  })
}

const allSchedules = (scope: EventScope): Promise<Schedule[]> =>
  queryRows<Schedule>(scope, { pk: keys.schedules(scope) })
