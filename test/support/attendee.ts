import { expect } from 'vitest'
import type { Event } from '#lib/model/event.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { call } from './call.ts'
import { type EventClient, inTurns, makePerson } from './factories.ts'

/** A person with a token of their own: `ask` speaks as them. */
export async function makeAttendee(at: EventClient, fields: Record<string, unknown> = {}) {
  const { person_id: id } = await makePerson(at, fields)
  const body = { role: 'attendee', events: [at.id], person: id }
  const made = await call('POST', '/tokens', { token: at.token, body })
  expect(made.status, made.text).toBe(200)
  return { id: id as string, token: made.body.token as string, ...speaking(at, made.body.token) }
}
export type Attendee = Awaited<ReturnType<typeof makeAttendee>>

/** Several at once, each with a first name. */
export const makeAttendees = (at: EventClient, names: string[]): Promise<Attendee[]> =>
  inTurns(names, (name) => makeAttendee(at, { profile: { first_name: name } }))

/** A caller of the event with another token. */
export const speaking = (at: EventClient, token: string) => ({
  ask: (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    call(method, `/events/${at.id}${path}`, {
      token,
      ...(body !== undefined && { body }),
      ...(headers && { headers }),
    }),
})

/** A token of a role for the event. */
export async function tokenOf(
  at: EventClient,
  role: 'event_admin' | 'event_staff',
): Promise<string> {
  const made = await call('POST', '/tokens', { token: at.token, body: { role, events: [at.id] } })
  return made.body.token
}

/** A scope inside the event, for tests that look at rows. */
export async function scopeOf(at: Pick<EventClient, 'token' | 'id'>) {
  const me = await call('GET', '/me', { token: at.token })
  const event = { id: at.id, org: me.body.organisation, dates: { zone: 'Europe/Berlin' } } as Event
  return eventScope({ org: event.org, deadline: Date.now() + 60_000 }, event)
}
