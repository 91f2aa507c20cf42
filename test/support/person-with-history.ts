import { expect } from 'vitest'
import { makeAttendee } from './attendee.ts'
import { call } from './call.ts'
import { freshEvent, makeGroup } from './factories.ts'
import { picturesOf, square } from './pictures.ts'
import { rowsMentioning } from './scan.ts'
import { makeSession } from './sessions.ts'

export const name = { first_name: 'Zephyrine', last_name: 'Quillfeather' }
export const email = 'zephyrine.quillfeather@example.com'
const slot = {
  meetingStartTime: '2027-05-04T11:00:00+02:00',
  meetingEndTime: '2027-05-04T11:30:00+02:00',
}

/** Rows of the caller's organisation that mention a text. */
export async function mentions({ org }: { org: string }, text: string) {
  const rows = await rowsMentioning(text)
  return rows.filter(({ pk, org: owner }) => pk.startsWith(org) || owner === org)
}

let keys = 0
export const key = () => ({ 'idempotency-key': `key-${keys++}` })

/** Somebody who has left traces everywhere, each write with an Idempotency-Key that records its answer. */
export async function personWithHistory() {
  const at = await freshEvent()
  const picture = await picturesOf(at).add(await square())
  const profile = { ...name, email_address: email, picture_resource_id: picture.resource_id }
  const fields = { profile, external_ids: [{ id_system: 'crm', id: 'zq-1' }] }
  const person = { person: { ...fields, profile } }
  const first = key()
  const made = await at.ask('POST', '/people/resources', person, first)
  expect(made.status, made.text).toBe(200)
  const id: string = made.body.person_id
  await at.ask('PATCH', `/people/resources/${id}`, { profile: { company: 'Q' } }, key())
  const group = await makeGroup(at, 'Crew', { group_members: [{ member_id: id }] })
  await at.ask('POST', `/people/resources/${id}/groups/${group.group_id}`, {}, key())
  const type = (await at.ask('POST', '/ticket_types', { name: 'Day' })).body
  await at.ask('PUT', `/people/resources/${id}/ticket`, type, key())
  const { session_id } = await makeSession(at, { speakers: [id] })
  const meetUp = await makeSession(at, {
    session_format: 'MEET_UP',
    session_start_time: '16-00',
    session_end_time: '17-00',
  })
  await at.ask('POST', `/sessions/resources/${session_id}/attendees/${id}`, undefined, key())
  const body = { role: 'attendee', events: [at.id], person: id, name: 'Zephyrine Quillfeather' }
  const { token } = (await call('POST', '/tokens', { token: at.token, body })).body
  const me = (method: string, path: string, sent?: unknown, headers = key()) =>
    call(method, `/events/${at.id}${path}`, {
      token,
      headers,
      ...(sent !== undefined && { body: sent }),
    })
  const eve = await makeAttendee(at, { profile: { first_name: 'Eve' } })
  await at.ask('PUT', `/people/resources/${eve.id}/ticket`, type)
  await me('PATCH', '/people/me/profile', { interests: ['Quillfeather history'] })
  await me('POST', `/people/${eve.id}/connection`)
  await eve.ask('PUT', `/people/${id}/connection`, { status: 'ACCEPT' }, key())
  const asked = await eve.ask('POST', `/people/${id}/meetings`, slot, {
    ...key(),
    ext_id_system: 'crm',
  })
  await me('PUT', `/people/me/meetings/${asked.body.id}`, { status: 'BOOKED' })
  const path = `/networking/sessions/${meetUp.session_id}`
  for (const who of [me, eve.ask]) {
    await who('PUT', `${path}/registration`, undefined, key())
    await who('PUT', `${path}/availability`, { ready: true }, key())
  }
  await at.ask('POST', `${path}/rounds`, undefined, key())
  const ext = { ...key(), ext_id_system: 'crm' }
  const met = await eve.ask('PUT', `${path}/matches/${id}`, { matchStarted: true }, ext)
  expect(met.body.fullName).toBe('Zephyrine Quillfeather')
  const access = (await at.ask('POST', '/groups', { name: 'Watch', is_video: true })).body
  const joined = await at.ask(
    'POST',
    `/groups/${access.access_key}`,
    { email, name: 'Zephyrine' },
    key(),
  )
  expect(joined.status, joined.text).toBe(200)
  return {
    at,
    id,
    eve,
    token,
    group,
    picture,
    replay: { person, headers: first },
  }
}
