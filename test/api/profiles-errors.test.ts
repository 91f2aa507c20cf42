import { expect, test } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import type { ErrorName } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { type Attendee, makeAttendee, scopeOf, speaking, tokenOf } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'

const noType = 'tkt_aaaaaaaaaaaaaaaaaaaaaaaaaa'
const noPerson = 'per_aaaaaaaaaaaaaaaaaaaaaaaaaa'
const noSession = 'ses_aaaaaaaaaaaaaaaaaaaaaaaaaa'
const noMeeting = 'mtg_aaaaaaaaaaaaaaaaaaaaaaaaaa'

type Asker = Pick<Attendee, 'ask'>
type Case = [who: Asker, method: string, path: string, body: object | undefined, error: ErrorName]

async function provoke(cases: Case[]) {
  for (const [who, method, path, body, error] of cases) {
    const answer = await who.ask(method, path, body)
    expect(answer.error, `${method} ${path}: ${answer.text}`).toBe(error)
  }
}

/** An attendee whose person is gone, but whose token is still trusted here. */
async function ghost(at: EventClient): Promise<Attendee> {
  const one = await makeAttendee(at)
  await one.ask('GET', '/people/me/profile')
  await at.ask('DELETE', `/people/resources/${one.id}`)
  return one
}

test('answers ticket requests that cannot be met by their codes', async () => {
  const at = await freshEvent()
  const { ticket_type_id } = (await at.ask('POST', '/ticket_types', { name: 'Day' })).body
  const path = `/ticket_types/${ticket_type_id}`
  const body = { name: 'Day', session_access: [noSession] }
  const ticket = `/people/resources/${noPerson}/ticket`
  await provoke([
    [at, 'PUT', `/ticket_types/${noType}`, { name: 'x' }, 'ticket_type_not_found'],
    [at, 'PATCH', `/ticket_types/${noType}`, { name: 'x' }, 'ticket_type_not_found'],
    [at, 'DELETE', '/ticket_types/x', undefined, 'ticket_type_not_found'],
    [at, 'PUT', path, body, 'invalid_reference'],
    [at, 'PATCH', path, body, 'invalid_reference'],
    [at, 'PATCH', path, { ticket_type_id: noType }, 'id_mismatch'],
    [at, 'GET', '/ticket_types?cursor=AAAA', undefined, 'invalid_cursor'],
    [at, 'GET', ticket, undefined, 'person_not_found'],
    [at, 'PUT', ticket, { ticket_type_id }, 'person_not_found'],
    [at, 'DELETE', ticket, undefined, 'person_not_found'],
  ])
})

test('holds as many ticket types as the limit says', async () => {
  const at = await freshEvent()
  const make = () => at.ask('POST', '/ticket_types', { name: 'Day' })
  for (let n = 0; n < limits.ticketTypes.value; n += 20) {
    const made = await Promise.all([...Array(20)].map(make))
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([200]))
  }
  expectError(await make(), 'too_many_objects')
})

test('answers networking requests that cannot be met by their codes', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  const type = (await at.ask('POST', '/ticket_types', { name: 'Day' })).body
  await at.ask('PUT', `/people/resources/${me.id}/ticket`, type)
  const { session_id } = await makeSession(at, { session_format: 'MEET_UP' })
  const path = `/networking/sessions/${session_id}`
  const missing = `/networking/sessions/${noSession}`
  await provoke([
    [me, 'GET', '/networking/sessions?cursor=_w', undefined, 'invalid_cursor'],
    [me, 'PUT', `${missing}/registration`, undefined, 'session_not_found'],
    [me, 'DELETE', `${missing}/registration`, undefined, 'session_not_found'],
    [me, 'PUT', `${missing}/availability`, { ready: true }, 'session_not_found'],
    [me, 'PUT', `${missing}/matches/${noPerson}`, { matchStarted: true }, 'session_not_found'],
    [me, 'PUT', `${path}/availability`, { ready: 'yes' }, 'invalid_body'],
    [me, 'PUT', `${path}/matches/${noPerson}`, { matchStarted: true }, 'match_not_found'],
    [me, 'GET', `${path}/matches?cursor=Zm9v&offset=2`, undefined, 'invalid_query'],
  ])
  const other = await me.ask('PUT', `${path}/registration`, undefined, { 'if-match': '"x"' })
  expect(other.status).toBe(412)
})

test('answers profile requests that cannot be met by their codes', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  const gone = await ghost(at)
  const staff = speaking(at, await tokenOf(at, 'event_staff'))
  const slot = {
    meetingStartTime: '2027-05-04T11:00:00+02:00',
    meetingEndTime: '2027-05-04T11:30:00+02:00',
  }
  const { body: meeting } = await me.ask(
    'POST',
    `/people/${(await makeAttendee(at)).id}/meetings`,
    slot,
  )
  const answer = { status: 'ACCEPT' }
  const toMe = `/people/${me.id}/connection`
  const one = `/people/me/meetings/${meeting.id}`
  await provoke([
    [gone, 'GET', '/people/me/profile', undefined, 'person_not_found'],
    [gone, 'POST', toMe, undefined, 'person_not_found'],
    [gone, 'PUT', toMe, answer, 'person_not_found'],
    [gone, 'DELETE', toMe, undefined, 'person_not_found'],
    [gone, 'GET', '/people/me/connections', undefined, 'person_not_found'],
    [gone, 'GET', `/people/me/meetings/${noMeeting}`, undefined, 'person_not_found'],
    [gone, 'PUT', `/people/me/meetings/${noMeeting}`, { status: 'BOOKED' }, 'person_not_found'],
    [me, 'PUT', toMe, answer, 'self_connection'],
    [me, 'DELETE', toMe, undefined, 'self_connection'],
    [staff, 'PUT', toMe, answer, 'admin_without_ticket'],
    [staff, 'DELETE', toMe, undefined, 'admin_without_ticket'],
    [me, 'GET', '/people/me/connections?cursor=AAAA', undefined, 'invalid_cursor'],
    [me, 'GET', '/people/me/slots?cursor=_w', undefined, 'invalid_cursor'],
    [me, 'GET', '/people/me/meetings?cursor=_w', undefined, 'invalid_cursor'],
    [me, 'PUT', one, { meetingEndTime: '2027-05-04T10:00:00+02:00' }, 'invalid_time'],
    [me, 'PUT', one, { note: 'x'.repeat(limits.noteLength.value + 1) }, 'invalid_body'],
  ])
  const noted = await me.ask('PUT', one, { note: 'x'.repeat(limits.noteLength.value) })
  expect(noted.status).toBe(200)
  const stale = await me.ask('PUT', one, { status: 'CANCEL' }, { 'if-match': '"x"' })
  expect([stale.status, stale.headers.etag]).toEqual([412, noted.headers.etag])
})

test('refuses a profile that would make the person too large', async () => {
  const at = await freshEvent()
  const field = async () =>
    (await at.ask('POST', '/people/custom_fields', { field_name: 'x' })).body.custom_field_id
  const ids: string[] = await Promise.all([...Array(13)].map(field))
  const long = (length: number) => 'x'.repeat(length)
  const custom = Object.fromEntries(ids.map((id) => [id, long(4300)]))
  const me = await makeAttendee(at, { profile: { first_name: 'A' }, custom_fields_meta: custom })
  const about = { extraInfo: { aboutMe: long(10_000) } }
  expectError(await me.ask('PATCH', '/people/me/profile', about), 'too_large')
})

test('refuses to erase or delete what is not there or has changed', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  const path = `/people/resources/${me.id}`
  const stale = await at.ask('DELETE', `${path}?erase=true`, undefined, { 'if-match': '"x"' })
  expect(stale.status).toBe(412)
  expect((await at.ask('DELETE', `${path}?erase=maybe`)).body.fields).toBe('erase')
  const missing = await at.ask('DELETE', `/people/resources/${noPerson}?erase=true`)
  expectError(missing, 'person_not_found')
  const other = await freshEvent()
  const foreign = await call('DELETE', `/events/${at.id}${path}?erase=true`, { token: other.token })
  expectError(foreign, 'event_not_found')
})

test('takes as many meeting requests of one person as the limit says', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  const other = await makeAttendee(at)
  const scope = await scopeOf(at)
  const slot = {
    meetingStartTime: '2027-05-04T11:00:00+02:00',
    meetingEndTime: '2027-05-04T11:30:00+02:00',
  }
  const rows = [...Array(limits.meetingsSent.value - 1).keys()].map((n) =>
    put({ ...keys.meeting(scope, me.id, `old-${n}`), sender: me.id, status: 'CANCEL' }),
  )
  for (const some of chunks(rows, 90)) await transact(scope, some)
  const ask = () => me.ask('POST', `/people/${other.id}/meetings`, slot)
  expect((await ask()).status).toBe(200)
  expectError(await ask(), 'too_many_meetings')
})
