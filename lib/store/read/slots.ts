import { millisOf, nowMillis } from '#lib/base/time.ts'
import { eventSpan, freeSlots, type Interval } from '#lib/model/availability.ts'
import type { Event } from '#lib/model/event.ts'
import type { Person } from '#lib/model/person.ts'
import { availableTimes, profileDefaults } from '#lib/model/profile.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { busyTimes } from './busy.ts'

export type SlotsWanted = {
  /** Minutes; the owner's own wish when absent. */
  duration?: number | undefined
  from?: string | undefined
  to?: string | undefined
}
export type SlotsOf = { owner: Person; me: Person | undefined }

/** Slots ahead when both are there and neither has anything; of one person alone for organisers. */
export async function slotsFor(
  scope: EventScope,
  { dates }: Pick<Event, 'dates'>,
  { owner, me }: SlotsOf,
  wanted: SlotsWanted,
): Promise<Interval[]> {
  const span = eventSpan(dates.start, dates.end, dates.zone)
  const window = {
    from: Math.max(wanted.from ? millisOf(wanted.from) : span.start, nowMillis()),
    to: wanted.to ? millisOf(wanted.to) : span.end,
  }
  const people = me && me.id !== owner.id ? [owner, me] : [owner]
  const [theirs = [], mine = theirs] = people.map(({ profile = {} }) =>
    availableTimes(profile, dates, window),
  )
  const minutes =
    wanted.duration ?? owner.profile?.availabilityDuration ?? profileDefaults.availabilityDuration
  return freeSlots(theirs, mine, await busyTimes(scope, people), minutes)
}
