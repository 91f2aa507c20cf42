import { ApiError } from '#lib/base/errors.ts'
import { addDays, type Instant, instantOf } from '#lib/base/time.ts'
import { type OffsetAt, offsetMinutes, showing } from '#lib/base/zone.ts'
import type { Session } from './session.ts'

export type Times = Pick<Session, 'date' | 'start' | 'end' | 'endDate'>
/** What the row of a session's place in the order says: `till`, its local end; rows of earlier versions its id alone. */
export type SessionPlace = Pick<Session, 'id' | 'status'> & {
  format?: Session['format']
  till?: string
}

/** How long a session without a date of its end may go on into the next day. */
const nightMinutes = 12 * 60
const mostDays = 14

/** The local day on which a session ends: as it says, else an end before the start means the next day. */
export const endDateOf = ({ date, start, end, endDate }: Times): string =>
  endDate ?? (end < start ? addDays(date, 1) : date)

/**
 * The times as they are kept: with the day of the end only where times alone do not say it, an end before the start
 * being the next day when that makes at most 12 hours (docs/behaviour/sessions.md).
 */
export function keptTimes<T extends Times>({ endDate, ...times }: T): Omit<T, 'endDate'> & Times {
  const isSaid = endDate === undefined || endDate === impliedEnd(times)
  return { ...times, ...(!isSaid && { endDate }) }
}

/** The day of the end for whoever changes times: absent where it follows from them. */
export function sayableEnd(times: Times): string | undefined {
  const day = endDateOf(times)
  return day === impliedEnd(times) ? undefined : day
}

function impliedEnd({ date, start, end }: Times): string | undefined {
  if (start <= end) return date
  return 24 * 60 - minutesOf(start) + minutesOf(end) <= nightMinutes ? addDays(date, 1) : undefined
}

/**
 * Throws `invalid_time` for a session of no length or more than 14 days, for an end before the start, and for a time
 * that the zone's clocks skip; an end may be the first skipped minute, which is the instant of the change. Times that
 * were stored stay good whatever becomes of the zone: they are judged only when they change.
 */
export function checkTimes(times: Times, zone: string, before?: Times): void {
  const { date, start, end } = times
  if (before && isSameTime(times, before)) return
  const message = `The clocks of ${zone} do not show this time on that day.`
  const offsetAt = (millis: number) => offsetMinutes(zone, millis)
  const begins = showing(wall(date, start), offsetAt)
  if (begins.skipped) refuse('session_start_time', message)
  const day = endDateOf(times)
  checkEnd(times, day)
  const ends = showing(wall(day, end), offsetAt)
  const isChange = offsetAt(ends.at - 1) !== offsetAt(ends.at)
  if (ends.skipped && !isChange) refuse('session_end_time', message)
  if (ends.at <= begins.at) refuse('session_end_time', 'A session cannot end when it starts.')
}

function checkEnd(times: Times, day: string): void {
  const { date, start, end, endDate } = times
  if (endDate === undefined && impliedEnd(times) === undefined) {
    refuse('session_end_date', 'Ends before it starts: name the day of the end.')
  }
  if (`${day}T${end}` < `${date}T${start}`) refuse('session_end_date', 'Ends before it starts.')
  if (start === end && day === date) {
    refuse('session_end_time', 'A session cannot end when it starts.')
  }
  if (day > addDays(date, mostDays)) {
    refuse('session_end_date', `At most ${mostDays} days after session_date.`)
  }
}

function refuse(field: string, message: string): never {
  throw new ApiError('invalid_time', { field, message })
}

/** When a stored session takes place; a time in a gap of the clocks moves forward by its length. */
export function instantsOf(times: Times, zone: string): { start: Instant; end: Instant } {
  const { start, end } = timesOn(times, (millis) => offsetMinutes(zone, millis))
  return { start: instantOf(start), end: instantOf(end) }
}

/** The same in milliseconds since 1970, by clocks at hand. */
export function timesOn(times: Times, offsetAt: OffsetAt): { start: number; end: number } {
  const start = showing(wall(times.date, times.start), offsetAt).at
  const end = showing(wall(endDateOf(times), times.end), offsetAt).at
  return { start, end: Math.max(start, end) }
}

const isSameTime = (one: Times, other: Times): boolean =>
  one.date === other.date &&
  one.start === other.start &&
  one.end === other.end &&
  endDateOf(one) === endDateOf(other)

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
const wall = (date: string, time: string): number => Date.parse(`${date}T${time}:00Z`)
