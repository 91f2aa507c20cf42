import { millisOf, nowMillis } from '#lib/base/time.ts'
import { eventSpan, freeSlots, type Interval } from '#lib/model/availability.ts'
import type { Event } from '#lib/model/event.ts'
import type { Person } from '#lib/model/person.ts'
import { profileDefaults } from '#lib/model/profile.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { busyTimes, presence } from './busy.ts'

export type SlotsWanted = {
  /** Minutes; the owner's own wish when absent. */
  duration?: number | undefined
  from?: string | undefined
  to?: string | undefined
}

/** Slots ahead when both are there and neither has anything; of one person alone for organisers. */
export async function slotsFor(
  { scope, event }: { scope: EventScope; event: Event },
  owner: Person,
  me: Person | undefined,
  wanted: SlotsWanted,
): Promise<Interval[]> {
  const span = eventSpan(event.dates.start, event.dates.end, event.dates.zone)
  const window = {
    from: Math.max(wanted.from ? millisOf(wanted.from) : span.start, nowMillis()),
    to: wanted.to ? millisOf(wanted.to) : span.end,
  }
  const people = me && me.id !== owner.id ? [owner, me] : [owner]
  const [theirs = [], mine = theirs] = people.map((person) => presence(person, event, window))
  const minutes =
    wanted.duration ?? owner.profile?.availabilityDuration ?? profileDefaults.availabilityDuration
  return freeSlots(theirs, mine, await busyTimes(scope, people), minutes)
}
