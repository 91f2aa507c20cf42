import { expect, test } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import { limits } from '#lib/base/limits.ts'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { type Attendee, makeAttendee, scopeOf, speaking, tokenOf } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { type Asking, freshEvent } from '#test/support/make.ts'
import { makeSession } from '#test/support/sessions.ts'

const noType = 'tkt_aaaaaaaaaaaaaaaaaaaaaaaaaa'
const noPerson = 'per_aaaaaaaaaaaaaaaaaaaaaaaaaa'
const noSession = 'ses_aaaaaaaaaaaaaaaaaaaaaaaaaa'
const noMeeting = 'mtg_aaaaaaaaaaaaaaaaaaaaaaaaaa'

type Asker = Pick<Attendee, 'ask'>
type Case = [who: Asker, method: string, path: string, body: object | undefined, code: number]

async function provoke(cases: Case[]) {
  for (const [who, method, path, body, code] of cases) {
    const answer = await who.ask(method, path, body)
    expect(answer.body.code, `${method} ${path}: ${answer.text}`).toBe(code)
  }
}

/** An attendee whose person is gone, but whose token is still trusted here. */
async function ghost(at: Asking): Promise<Attendee> {
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
    [at, 'PUT', `/ticket_types/${noType}`, { name: 'x' }, 4040110],
    [at, 'PATCH', `/ticket_types/${noType}`, { name: 'x' }, 4040110],
    [at, 'DELETE', '/ticket_types/x', undefined, 4040110],
    [at, 'PUT', path, body, 4000006],
    [at, 'PATCH', path, body, 4000006],
    [at, 'PATCH', path, { ticket_type_id: noType }, 4000008],
    [at, 'GET', '/ticket_types?cursor=AAAA', undefined, 4000015],
    [at, 'GET', ticket, undefined, 4040101],
    [at, 'PUT', ticket, { ticket_type_id }, 4040101],
    [at, 'DELETE', ticket, undefined, 4040101],
  ])
})

test('holds as many ticket types as the limit says', async () => {
  const at = await freshEvent()
  const make = () => at.ask('POST', '/ticket_types', { name: 'Day' })
  for (let n = 0; n < limits.ticketTypes.value; n += 20) {
    const made = await Promise.all([...Array(20)].map(make))
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([200]))
  }
  expect((await make()).body.code).toBe(4090019)
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
    [me, 'GET', '/networking/sessions?cursor=_w', undefined, 4000015],
    [me, 'PUT', `${missing}/registration`, undefined, 4040104],
    [me, 'DELETE', `${missing}/registration`, undefined, 4040104],
    [me, 'PUT', `${missing}/availability`, { ready: true }, 4040104],
    [me, 'PUT', `${missing}/matches/${noPerson}`, { matchStarted: true }, 4040104],
    [me, 'PUT', `${path}/availability`, { ready: 'yes' }, 4000002],
    [me, 'PUT', `${path}/matches/${noPerson}`, { matchStarted: true }, 4040115],
    [me, 'GET', `${path}/matches?cursor=Zm9v&offset=2`, undefined, 4000003],
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
    [gone, 'GET', '/people/me/profile', undefined, 4040101],
    [gone, 'POST', toMe, undefined, 4040101],
    [gone, 'PUT', toMe, answer, 4040101],
    [gone, 'DELETE', toMe, undefined, 4040101],
    [gone, 'GET', '/people/me/connections', undefined, 4040101],
    [gone, 'GET', `/people/me/meetings/${noMeeting}`, undefined, 4040101],
    [gone, 'PUT', `/people/me/meetings/${noMeeting}`, { status: 'BOOKED' }, 4040101],
    [me, 'PUT', toMe, answer, 4068005],
    [me, 'DELETE', toMe, undefined, 4068005],
    [staff, 'PUT', toMe, answer, 4068009],
    [staff, 'DELETE', toMe, undefined, 4068009],
    [me, 'GET', '/people/me/connections?cursor=AAAA', undefined, 4000015],
    [me, 'GET', '/people/me/slots?cursor=_w', undefined, 4000015],
    [me, 'GET', '/people/me/meetings?cursor=_w', undefined, 4000015],
    [me, 'PUT', one, { meetingEndTime: '2027-05-04T10:00:00+02:00' }, 4000017],
    [me, 'PUT', one, { note: 'x'.repeat(limits.noteLength.value + 1) }, 4000002],
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
  expect((await me.ask('PATCH', '/people/me/profile', about)).body.code).toBe(4000014)
})

test('refuses to erase or delete what is not there or has changed', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  const path = `/people/resources/${me.id}`
  const stale = await at.ask('DELETE', `${path}?erase=true`, undefined, { 'if-match': '"x"' })
  expect(stale.status).toBe(412)
  expect((await at.ask('DELETE', `${path}?erase=maybe`)).body.fields).toBe('erase')
  const missing = await at.ask('DELETE', `/people/resources/${noPerson}?erase=true`)
  expect(missing.body.code).toBe(4040101)
  const other = await freshEvent()
  const foreign = await call('DELETE', `/events/${at.id}${path}?erase=true`, { token: other.token })
  expect(foreign.body.code).toBe(4040001)
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
  expect((await ask()).body.code).toBe(4090023)
})
