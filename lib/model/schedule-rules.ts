import { createHash } from 'node:crypto'
import { logPersonalDays } from '#lib/base/config.ts'
import type { FieldError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { type Instant, instantOf, millisOf, now } from '#lib/base/time.ts'
import type { Flags, Personal, Schedule } from './schedule.ts'

const minuteMillis = 60_000
const dayMillis = 86_400_000

/** What the flags amount to; '' when they give nothing. */
export function productDescription({ isText, isVideo, isChat }: Flags): string {
  if (isVideo) return isText ? 'Video and Realtime' : 'Video Only'
  if (isText) return 'Realtime Only'
  return isChat ? 'Chat Only' : ''
}

/** What is wrong with the times of a usage log, field by field. */
export function logFaults(log: { timeIn: Instant; timeOut: Instant }, at: number): FieldError[] {
  const from = millisOf(log.timeIn)
  const to = millisOf(log.timeOut)
  const { logHours, logFutureMinutes } = limits
  const faults = [
    to < from && 'Must not be before time_in.',
    to - from > logHours.value * 60 * minuteMillis &&
      `Must be at most ${logHours.value} hours after time_in.`,
    to > at + logFutureMinutes.value * minuteMillis &&
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
export function currentSchedule(schedules: Schedule[], at: Instant): Schedule | undefined {
  const active = schedules.filter(({ status }) => status.toLowerCase() === 'active')
  const ordered = (active.length > 0 ? active : [...schedules]).sort(byStart)
  const begun = ordered.filter(({ startsAt }) => startsAt <= at)
  const on = begun.findLast(({ startsAt, endsAt }) =>
    endsAt ? endsAt > at : millisOf(at) - millisOf(startsAt) < dayMillis,
  )
  return on ?? ordered.find(({ startsAt }) => startsAt > at) ?? begun.at(-1)
}

export const byStart = (a: Schedule, b: Schedule): number =>
  a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : a.id - b.id

/**
 * The integer under which schedule answers name a person: people have random ids of 128 bits, so 52 bits of
 * their hash are as good as a number of our own and need no row.
 */
export const personNumber = (person: string): number =>
  Number.parseInt(createHash('sha256').update(person).digest('hex').slice(0, 13), 16)

export const isPersonal = ({ ip, location, agent }: Personal): boolean =>
  ip !== undefined || location !== undefined || agent !== undefined

/** Logs that arrived before this have lost, for every reader at that instant, what is personal in them. */
export const personalUntil = (at: Instant): Instant =>
  instantOf(Math.max(0, millisOf(at) - logPersonalDays() * dayMillis))

/** What readers may still show of a log, even if the job that erases it is late. */
export const personalOf = (
  { createdAt, ip, location, agent }: Personal & { createdAt: Instant },
  at: Instant = now(),
): Personal => (createdAt > personalUntil(at) ? { ip, location, agent } : {})
