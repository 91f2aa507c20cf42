import { millisOf } from '#lib/base/time.ts'
import { availability, eventSpan, type Interval, intersect } from '#lib/model/availability.ts'
import type { Event } from '#lib/model/event.ts'
import type { Booked, Person } from '#lib/model/person.ts'
import { zoneOf } from '#lib/model/profile.ts'
import type { Session } from '#lib/model/session.ts'
import { instantsOf } from '#lib/model/session-times.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { findMany } from './references.ts'

const DAY = 86_400_000

/** When a session takes place, on the clocks of the event's zone. */
export function sessionInterval(session: Session, zone: string): Interval {
  const { start, end } = instantsOf(session, zone)
  return { start: millisOf(start), end: millisOf(end) }
}

/** Sessions that the people attend or have a role in, and what they are booked for but the meeting `except`. */
export async function busyTimes(
  scope: EventScope,
  people: Person[],
  except?: string,
): Promise<Interval[]> {
  const ids = people.flatMap(({ agenda }) => Object.keys(agenda))
  const sessions = await findMany(scope, 'session', ids)
  return [
    ...[...sessions.values()].map((session) => sessionInterval(session, scope.zone)),
    ...people.flatMap((person) => bookedTimes(person, except)),
  ]
}

export const bookedTimes = ({ booked = {} }: Person, except?: string): Interval[] =>
  Object.entries(booked).flatMap(([id, interval]) => (id === except ? [] : [interval]))

export const overlaps = (busy: Interval[], { start, end }: Interval): boolean =>
  busy.some((one) => one.start < end && start < one.end)

/** When somebody takes meetings: by their rules and between their daily times, while the event lasts. */
export function presence(
  { profile = {} }: Person,
  { dates }: Event,
  window: { from: number; to: number },
): Interval[] {
  const zone = zoneOf(profile, dates.zone)
  const span = eventSpan(dates.start, dates.end, dates.zone)
  const byRules = availability(profile.rules ?? [], zone, window, span)
  const { availabilityStartTime: start = '00:00', availabilityEndTime: end = '24:00' } = profile
  if (start === '00:00' && end === '24:00') return byRules
  const daily = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start, end }))
  return intersect(byRules, availability(daily, zone, window, span))
}

/** The booked times with one put in or, with undefined, taken out; what lies a day back is forgotten. */
export function withBooking(
  { booked = {} }: Person,
  id: string,
  interval: Booked | undefined,
  now: number,
): Record<string, Booked> | undefined {
  const others = Object.entries(booked).filter(([one, { end }]) => one !== id && end > now - DAY)
  const all = [...others, ...(interval ? [[id, interval] as const] : [])]
  return all.length > 0 ? Object.fromEntries(all) : undefined
}
