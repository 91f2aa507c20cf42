import { ApiError } from '#lib/base/errors.ts'
import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { now } from '#lib/base/time.ts'
import type { Event } from '#lib/model/event.ts'
import type { Schedule } from '#lib/model/schedule.ts'
import { byStart, currentSchedule } from '#lib/model/schedule-rules.ts'
import { storedEventAlong } from '#lib/store/read/stored-event.ts'
import { takeAlong } from '#lib/table/along.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { type EventScope, eventPrefix, type Scope } from '#lib/table/scope.ts'

type Found = { event: string; id: number }
type Located = { event: Event; params: Record<string, string>; along?: EventScope['along'] }

/**
 * The event of the schedule that a path names by integer id or GUID, inside the organisation only, and the schedule's row
 * along with it; missing, foreign and not-yours give the same `schedule_not_found`. The id comes back as the integer.
 */
export async function locateSchedule(
  scope: Scope,
  params: Record<string, string>,
  mayEnter: (event: string) => boolean,
): Promise<Located> {
  const found = await foundBy(scope, params.id ?? '')
  if (!found || !mayEnter(found.event)) throw new ApiError('schedule_not_found')
  const row = keys.schedule({ e: eventPrefix(scope.org, found.event) }, found.id)
  const { event, along } = await storedEventAlong(scope, scope.org, found.event, row)
  if (!event) throw new ApiError('schedule_not_found')
  return { event, params: { ...params, id: String(found.id) }, ...(along && { along }) }
}

/** A schedule of the event by its integer id. */
export async function requireSchedule(scope: EventScope, id: number): Promise<Schedule> {
  const key = keys.schedule(scope, id)
  const schedule = takeAlong<Schedule>(scope, key) ?? (await getRow<Schedule>(scope, key))
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

/** Where names lead: they are never given again, so a process asks once. The schedule itself may be gone. */
const known = new Map<string, Found>()

async function foundBy(scope: Scope, name: string): Promise<Found | undefined> {
  const key = keyOfName(scope, name)
  const before = key && known.get(key.pk)
  if (!key || before) return before
  const found = await getRow<Found>(scope, key)
  if (known.size > 10_000) known.clear()
  if (found) known.set(key.pk, { event: found.event, id: found.id })
  return found
}

function keyOfName(scope: Scope, name: string): Key | undefined {
  if (/^[0-9a-f]{32}$/i.test(name)) return keys.scheduleByGuid(scope, name.toLowerCase())
  return /^\d{1,10}$/.test(name) ? keys.scheduleByNumber(scope, Number(name)) : undefined
}
