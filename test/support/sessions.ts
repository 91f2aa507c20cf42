import { expect } from 'vitest'
import { call } from './call.ts'
import { type EventClient, makePerson } from './factories.ts'

export const withoutTimes = ({ timestamps: _, ...rest }: Record<string, unknown>) => rest

/** Makes a session, an hour on the first morning unless told otherwise, and gives the answer's body. */
export async function makeSession(
  { ask }: EventClient,
  fields: Record<string, unknown> = {},
  headers: Record<string, string> = {},
) {
  const session = {
    session_name: 'Keynote',
    session_date: '2027-05-04',
    session_start_time: '09-00',
    session_end_time: '10-00',
    ...fields,
  }
  const made = await ask('POST', '/sessions/resources', { session }, headers)
  expect(made.status, made.text).toBe(200)
  return made.body
}

export async function makeTrack(
  { ask }: EventClient,
  name: string,
  fields: Record<string, unknown> = {},
) {
  const made = await ask('POST', '/sessions/tracks', { track: { track_name: name, ...fields } })
  expect(made.status, made.text).toBe(200)
  return made.body
}

/** A caller with another role in the same event. */
export async function asRole(at: EventClient, role: 'event_admin' | 'event_staff') {
  const body = { token: { role, name: role, events: [at.id] } }
  const made = await call('POST', '/tokens', { token: at.token, body })
  expect(made.status, made.text).toBe(200)
  const token: string = made.body.token
  return (method: string, path: string, sent?: unknown) =>
    call(method, `/events/${at.id}${path}`, { token, ...(sent !== undefined && { body: sent }) })
}

/** People of an event, by their ids. */
export const crowd = (at: EventClient, count: number) =>
  Promise.all([...Array(count)].map(() => makePerson(at))).then((people) =>
    people.map(({ person_id }): string => person_id),
  )
export const attendeesOf = (session: string) => `/sessions/resources/${session}/attendees`
export const attendeeIds = ({ attendee_list }: { attendee_list: { person_id: string }[] }) =>
  attendee_list.map(({ person_id }) => person_id)
