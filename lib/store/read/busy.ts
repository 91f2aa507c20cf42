import { millisOf } from '#lib/base/time.ts'
import type { Interval } from '#lib/model/availability.ts'
import type { Booked, Person } from '#lib/model/person.ts'
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
    ...people.flatMap((person) => bookedTimes(scope, person, except)),
  ]
}

/** What a person is booked for with somebody who is there. */
export const bookedTimes = (
  { deleting }: Pick<EventScope, 'deleting'>,
  { booked = {} }: Person,
  except?: string,
): Interval[] =>
  Object.entries(booked).flatMap(([id, { with: other = '', start, end }]) =>
    id === except || deleting.has(other) ? [] : [{ start, end }],
  )

export const overlaps = (busy: Interval[], { start, end }: Interval): boolean =>
  busy.some((one) => one.start < end && start < one.end)

/** The booked times with one put in or, with undefined, taken out; what lies a day back is forgotten. */
export function withBooking(
  { booked = {} }: Pick<Person, 'booked'>,
  id: string,
  interval: Booked | undefined,
  now: number,
): Record<string, Booked> | undefined {
  const others = Object.entries(booked).filter(([one, { end }]) => one !== id && end > now - DAY)
  const all = [...others, ...(interval ? [[id, interval] as const] : [])]
  return all.length > 0 ? Object.fromEntries(all) : undefined
}
