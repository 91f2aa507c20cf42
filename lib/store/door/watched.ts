import type { Interval } from '#lib/model/availability.ts'
import { type StayRow, staysIn } from '#lib/model/log-days.ts'
import type { Schedule } from '#lib/model/schedule.ts'
import { allUsers } from '#lib/store/read/access-groups.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/**
 * When people of the event watched its schedules, by their usage logs: users are people by their e-mail addresses.
 * Nothing is read where the event has no schedule.
 */
export async function watchedTimes(scope: EventScope): Promise<Map<string, Interval[]>> {
  const schedules = await queryRows<Schedule>(scope, { pk: keys.schedules(scope), only: ['id'] })
  if (schedules.length === 0) return new Map()
  const people = await peopleOfUsers(scope)
  const days = await Promise.all(
    schedules.map(({ id }) => queryRows<StayRow>(scope, { pk: keys.scheduleStays(scope, id) })),
  )
  const times = new Map<string, Interval[]>()
  for (const { user, timeIn, timeOut } of days.flat().flatMap(staysIn)) {
    const person = people.get(user)
    if (person === undefined) continue
    times.set(person, [...(times.get(person) ?? []), { start: timeIn, end: timeOut }])
  }
  return times
}

/** User of an access group → person with the same address. */
async function peopleOfUsers(scope: EventScope): Promise<Map<number, string>> {
  const users = await allUsers(scope)
  const keyOf = (email: string): Key => keys.email(scope, email)
  const known = users.filter(({ email }) => email)
  const rows = await getRows<Key & { to: string }>(
    scope,
    known.map(({ email }) => keyOf(email)),
  )
  const owners = new Map(rows.map(({ pk, to }) => [pk, to]))
  return new Map(
    known.flatMap(({ id, email }) => {
      const person = owners.get(keyOf(email).pk)
      return person === undefined ? [] : [[id, person] as const]
    }),
  )
}
