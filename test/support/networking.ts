import { expect } from 'vitest'
import { type Attendee, makeAttendees } from './attendee.ts'
import { type EventClient, freshEvent } from './factories.ts'
import { makeSession } from './sessions.ts'

const fieldsOfMeetUp = { session_format: 'MEET_UP', session_name: 'Mixer' }

export async function ticketFor(
  at: EventClient,
  people: { id: string }[],
  access: unknown = 'all',
) {
  const type = await at.ask('POST', '/ticket_types', { name: 'Day', session_access: access })
  const body = { ticket_type_id: type.body.ticket_type_id }
  await Promise.all(people.map(({ id }) => at.ask('PUT', `/people/resources/${id}/ticket`, body)))
}

/** People with tickets in a networking session. */
export async function meetUp(names: string[], fields: Record<string, unknown> = {}) {
  const at = await freshEvent()
  const people = await makeAttendees(at, names)
  const { session_id: session } = await makeSession(at, { ...fieldsOfMeetUp, ...fields })
  await ticketFor(at, people)
  const path = `/networking/sessions/${session}`
  const joinAll = async (some: Attendee[] = people) => {
    for (const one of some) {
      const joined = await one.ask('PUT', `${path}/registration`)
      expect(joined.status, joined.text).toBe(200)
    }
  }
  const ready = (some: Attendee[] = people) =>
    Promise.all(some.map((one) => one.ask('PUT', `${path}/availability`, { ready: true })))
  const round = async (body?: object) => {
    const held = await at.ask('POST', `${path}/rounds`, body)
    expect(held.status, held.text).toBe(200)
    return held.body as { round: number; pairs: [string, string][]; unmatched: string[] }
  }
  return { at, people, session: session as string, path, joinAll, ready, round }
}
