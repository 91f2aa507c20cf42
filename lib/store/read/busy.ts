import { shown } from '#lib/base/shown.ts'
import type { Interval } from '#lib/model/availability.ts'
import type { Booked, Person } from '#lib/model/person.ts'
import { type Session, takesPlace } from '#lib/model/session.ts'
import { sessionInterval, spanText } from '#lib/model/spans.ts'
import { findParts } from '#lib/store/find-many.ts'
import type { EventScope } from '#lib/table/scope.ts'

const DAY = 86_400_000
/** What tells when a session takes place. */
const times = ['date', 'start', 'end', 'endDate', 'status'] satisfies (keyof Session)[]

/** Sessions that the people attend or have a role in, and what they are booked for. */
export async function busyTimes(scope: EventScope, people: Person[]): Promise<Interval[]> {
  const ids = people.flatMap(({ agenda }) => Object.keys(agenda))
  const sessions = await findParts(scope, 'session', ids, times)
  return [
    ...[...sessions.values()]
      .filter(takesPlace)
      .map((session) => sessionInterval(session, scope.zone)),
    ...people.flatMap((person) => bookedTimes(scope, person)),
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

/** What each of the people has at a time, in words that are for themselves alone. */
export async function clashesOf(
  scope: EventScope,
  people: Person[],
  interval: Interval,
  except?: string,
): Promise<{ person: string; what: string }[]> {
  const ids = people.flatMap(({ agenda }) => Object.keys(agenda))
  const sessions = [...(await findParts(scope, 'session', ids, [...times, 'name'])).values()]
  const meets = sessions
    .filter(takesPlace)
    .map((session) => ({ session, at: sessionInterval(session, scope.zone) }))
    .filter(({ at }) => overlaps([at], interval))
  return people.flatMap((person) => [
    ...meets
      .filter(({ session }) => person.agenda[session.id] !== undefined)
      .map(({ session, at }) => ({
        person: person.id,
        what: `the session “${shown(session.name)}” from ${spanText(at, scope.zone)}`,
      })),
    ...bookedTimes(scope, person, except)
      .filter((at) => overlaps([at], interval))
      .map((at) => ({ person: person.id, what: `a meeting from ${spanText(at, scope.zone)}` })),
  ])
}

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
