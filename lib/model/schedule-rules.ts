import { createHash } from 'node:crypto'
import type { FieldError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { type Instant, millisOf } from '#lib/base/time.ts'
import type { Flags, Schedule } from './schedule.ts'

const minuteMillis = 60_000
const dayMillis = 86_400_000

/** What the flags amount to (contract §6); '' when they give nothing. */
export function productDescription({ isText, isVideo, isChat }: Flags): string {
  if (isVideo) return isText ? 'Video and Realtime' : 'Video Only'
  if (isText) return 'Realtime Only'
  return isChat ? 'Chat Only' : ''
}

/** What is wrong with the times of a usage log, field by field (threats T52). */
export function logFaults(log: { timeIn: Instant; timeOut: Instant }, now: number): FieldError[] {
  const from = millisOf(log.timeIn)
  const to = millisOf(log.timeOut)
  const { logHours, logFutureMinutes } = limits
  const faults = [
    to < from && 'Must not be before time_in.',
    to - from > logHours.value * 60 * minuteMillis &&
      `Must be at most ${logHours.value} hours after time_in.`,
    to > now + logFutureMinutes.value * minuteMillis &&
      `Must not be more than ${logFutureMinutes.value} minutes in the future.`,
  ]
  return faults
    .filter((fault) => fault !== false)
    .map((message) => ({ field: 'time_out', message }))
}

/**
 * The schedule that somebody who comes now wants: the one that is on, of several the last to have begun;
 * else the next; else the last that was. One without an end counts as on for a day. Those that are not
 * active stand back for those that are.
 */
export function currentSchedule(schedules: Schedule[], now: Instant): Schedule | undefined {
  const active = schedules.filter(({ status }) => status.toLowerCase() === 'active')
  const ordered = (active.length > 0 ? active : [...schedules]).sort(byStart)
  const begun = ordered.filter(({ startsAt }) => startsAt <= now)
  const on = begun.findLast(({ startsAt, endsAt }) =>
    endsAt ? endsAt > now : millisOf(now) - millisOf(startsAt) < dayMillis,
  )
  return on ?? ordered.find(({ startsAt }) => startsAt > now) ?? begun.at(-1)
}

export const byStart = (a: Schedule, b: Schedule): number =>
  a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : a.id - b.id

/**
 * The integer under which schedule answers name a person: people have random ids of 128 bits, so 52 bits of
 * their hash are as good as a number of our own and need no row.
 */
export const personNumber = (person: string): number =>
  Number.parseInt(createHash('sha256').update(person).digest('hex').slice(0, 13), 16)
