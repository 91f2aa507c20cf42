import { ApiError } from '#lib/base/errors.ts'
import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { now } from '#lib/base/time.ts'
import type { Event } from '#lib/model/event.ts'
import type { Schedule } from '#lib/model/schedule.ts'
import { byStart, currentSchedule } from '#lib/model/schedule-rules.ts'
import { storedEvent } from '#lib/store/read/stored-event.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'

type Found = { event: string; id: number }

/**
 * The event of the schedule that a path names by integer id or GUID, inside the organisation only; missing,
 * foreign and not-yours give the same `schedule_not_found`. The id comes back as the integer.
 */
export async function locateSchedule(
  scope: Scope,
  params: Record<string, string>,
  mayEnter: (event: string) => boolean,
): Promise<{ event: Event; params: Record<string, string> }> {
  const found = await foundBy(scope, params.id ?? '')
  if (!found || !mayEnter(found.event)) throw new ApiError('schedule_not_found')
  const event = await storedEvent(scope, scope.org, found.event)
  if (!event) throw new ApiError('schedule_not_found')
  return { event, params: { ...params, id: String(found.id) } }
}

/** A schedule of the event by its integer id. */
export async function requireSchedule(scope: EventScope, id: number): Promise<Schedule> {
  const schedule = await getRow<Schedule>(scope, keys.schedule(scope, id))
  if (!schedule) throw new ApiError('schedule_not_found')
  return schedule
}

/** Schedules of the event by start, then id. */
export async function listSchedules(
  scope: EventScope,
  wanted: PageWanted,
): Promise<Page<Schedule>> {
  const all = await allSchedules(scope)
  return pageOfList(all.sort(byStart), scheduleOrder, wanted)
}

/** The place of a schedule in that list, as its cursors name it. */
const scheduleOrder = ({ startsAt, id }: Schedule): string =>
  `${startsAt}#${String(id).padStart(10, '0')}`

/** The schedule of the event that is on, or the next; `schedule_not_found` without any. */
export async function requireCurrentSchedule(scope: EventScope): Promise<Schedule> {
  const schedule = currentSchedule(await allSchedules(scope), now())
  if (!schedule) throw new ApiError('schedule_not_found')
  return schedule
}

export const allSchedules = (scope: EventScope): Promise<Schedule[]> =>
  queryRows<Schedule>(scope, { pk: keys.schedules(scope) })

async function foundBy(scope: Scope, name: string): Promise<Found | undefined> {
  if (/^[0-9a-f]{32}$/i.test(name)) {
    return getRow<Found>(scope, keys.scheduleByGuid(scope, name.toLowerCase()))
  }
  if (!/^\d{1,10}$/.test(name)) return undefined
  return getRow<Found>(scope, keys.scheduleByNumber(scope, Number(name)))
}
