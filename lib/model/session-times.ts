import { Temporal } from 'temporal-polyfill'
import { ApiError } from '#lib/base/errors.ts'
import { addDays, type Instant, instantOf, localToInstant } from '#lib/base/time.ts'
import type { Session } from './session.ts'

export type Times = Pick<Session, 'date' | 'start' | 'end'>

/** The local day on which the session ends: an end before the start means the next day (docs/behaviour/sessions.md). */
const endDate = ({ date, start, end }: Times): string => (end < start ? addDays(date, 1) : date)

/**
 * Throws `invalid_time` for a session of no length and for a time that the zone's clocks skip. Times that were
 * stored stay good whatever becomes of the zone: they are judged only when they change.
 */
export function checkTimes(times: Times, zone: string, before?: Times): void {
  const { date, start, end } = times
  if (date === before?.date && start === before.start && end === before.end) return
  if (start === end) {
    const message = 'A session cannot end when it starts.'
    throw new ApiError('invalid_time', { field: 'session_end_time', message })
  }
  const exists = (day: string, time: string) =>
    localToInstant(day, Number(time.slice(0, 2)), Number(time.slice(3)), zone) !== undefined
  const message = `The clocks of ${zone} do not show this time on that day.`
  if (!exists(date, start)) {
    throw new ApiError('invalid_time', { field: 'session_start_time', message })
  }
  if (!exists(endDate(times), end)) {
    throw new ApiError('invalid_time', { field: 'session_end_time', message })
  }
}

/** When a stored session takes place; a time in a gap of the clocks moves forward by its length. */
export function instantsOf(times: Times, zone: string): { start: Instant; end: Instant } {
  const start = instantIn(times.date, times.start, zone)
  const end = instantIn(endDate(times), times.end, zone)
  const isTurned = end < start
  return { start, end: isTurned ? start : end }
}

function instantIn(date: string, time: string, zone: string): Instant {
  const local = Temporal.PlainDateTime.from(`${date}T${time}`)
  return instantOf(local.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds)
}
