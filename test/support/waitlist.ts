import { expect } from 'vitest'
import type { EventClient } from './factories.ts'
import { attendeeIds, attendeesOf } from './sessions.ts'

export const lineOf = (session: string) => `/sessions/resources/${session}/waitlist`

/** Who has a seat, in any order, and who waits, in theirs. */
export async function standing(at: EventClient, id: string) {
  const [seats, line] = await Promise.all([
    at.ask('GET', `${attendeesOf(id)}?limit=1000`),
    at.ask('GET', `${lineOf(id)}?limit=1000`),
  ])
  const waiting: { person_id: string; position: number }[] = line.body.waitlist
  expect(waiting.map(({ position }) => position)).toEqual(waiting.map((_, n) => n + 1))
  const seated: string[] = attendeeIds(seats.body)
  expect(seats.body.record_number).toBe(seated.length)
  return { seated: seated.toSorted(), line: waiting.map(({ person_id }) => person_id) }
}
