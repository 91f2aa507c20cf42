import { expect, test } from 'vitest'
import { makeAttendee, scopeOf } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { freshEvent, makeGroup, makePerson, swept } from '#test/support/make.ts'
import { objectsOf, picturesOf, square } from '#test/support/pictures.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { makeSession } from '#test/support/sessions.ts'

const name = { first_name: 'Zephyrine', last_name: 'Quillfeather' }
const email = 'zephyrine.quillfeather@example.com'
const slot = {
  meetingStartTime: '2027-05-04T11:00:00+02:00',
  meetingEndTime: '2027-05-04T11:30:00+02:00',
}

/** Rows of the caller's organisation that mention a text. */
async function mentions({ org }: { org: string }, text: string) {
  const rows = await rowsMentioning(text)
  return rows.filter(({ pk, org: owner }) => pk.startsWith(org) || owner === org)
}

let keys = 0
const key = () => ({ 'idempotency-key': `key-${keys++}` })

/** Somebody who has left traces everywhere, each write with an Idempotency-Key that records its answer. */
async function traced() {
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
  const met = await eve.ask('PUT', `${path}/matches/zq-1`, { matchStarted: true }, ext)
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

test('exports everything that is held about somebody', async () => {
  const { at, id, eve, picture } = await traced()
  const answer = await at.ask('GET', `/people/resources/${id}/export`)
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body).toMatchObject({
    person: { person_id: id, profile: { email_address: email } },
    picture: { resource_id: picture.resource_id },
    profile: { id, email, interests: ['Quillfeather history'] },
    ticket: { person_id: id, name: 'Day' },
    connections: [{ userId: eve.id, status: 'ACCEPT' }],
    meetings: [{ senderUserId: eve.id, receiverUserId: id, status: 'BOOKED' }],
    matches: [{ userIdOfMatch: eve.id, round: 1, matchStarted: true }],
    networking: [{ ready_after_round: 0 }],
    tokens: [{ person: id, role: 'attendee' }],
    schedules: [{ email, name: 'Zephyrine', logs: [] }],
  })
  expect((await eve.ask('GET', `/people/resources/${id}/export`)).status).toBe(403)
  const missing = '/people/resources/per_aaaaaaaaaaaaaaaaaaaaaaaaaa/export'
  expect((await at.ask('GET', missing)).body.code).toBe(4040101)
})

test('leaves nothing of somebody who is erased, anywhere', async () => {
  const { at, id, eve, token, group, replay } = await traced()
  const org = await scopeOf(at)
  for (const trace of [email, 'Quillfeather', id]) {
    expect((await mentions(org, trace)).length, trace).toBeGreaterThan(0)
  }
  const erased = await at.ask('DELETE', `/people/resources/${id}?erase=true`, undefined, key())
  expect(erased.body).toEqual({ person_id: id, erased: true })
  await swept()
  for (const trace of [email, 'Zephyrine', 'Quillfeather', 'zq-1']) {
    expect(await mentions(org, trace), trace).toEqual([])
  }
  const named = (await mentions(org, id)).map(({ pk }) => pk)
  expect(named.filter((pk) => !pk.includes('#Y#'))).toEqual([])
  expect(named).toHaveLength(1)
  expect(await objectsOf(at.id)).toEqual([])
  const again = await at.ask('POST', '/people/resources', replay.person, replay.headers)
  expect([again.status, again.headers['idempotency-replayed']]).toEqual([410, 'true'])
  expect((await at.ask('GET', `/people/groups/${group.group_id}`)).body.member_number).toBe(0)
  expect((await eve.ask('GET', '/people/me/connections')).body).toEqual([])
  expect((await eve.ask('GET', '/people/me/meetings')).body).toEqual([])
  const [person] = await rowsMentioning(`"${eve.id}"`)
  expect(person?.booked).toBeUndefined()
  const { findToken } = await import('#lib/token/store.ts')
  const now = Date.now
  Date.now = () => now() + 60_000
  try {
    expect(await findToken({ deadline: now() + 90_000 }, token)).toBeUndefined()
  } finally {
    Date.now = now
  }
})

test('keeps a picture that others show as well, and the answers about them', async () => {
  const at = await freshEvent()
  const picture = await picturesOf(at).add(await square())
  const shared = { picture_resource_id: picture.resource_id }
  const body = (first: string) => ({ profile: { first_name: first, ...shared } })
  const eveKey = key()
  const { body: ada } = await at.ask('POST', '/people/resources', body('Ada'), key())
  const eve = await at.ask('POST', '/people/resources', body('Eve'), eveKey)
  await at.ask('DELETE', `/people/resources/${ada.person_id}?erase=true`)
  await swept()
  expect((await objectsOf(at.id)).length).toBeGreaterThan(0)
  expect((await at.ask('POST', '/people/resources', body('Eve'), eveKey)).text).toBe(eve.text)
})

test('erases somebody of more than one transaction as well', async () => {
  const at = await freshEvent()
  const org = await scopeOf(at)
  const groups = await Promise.all([...Array(60).keys()].map((n) => makeGroup(at, `G${n}`)))
  const assign_groups = groups.map(({ group_id }) => group_id)
  const { person_id } = await makePerson(at, {
    profile: { ...name, email_address: email },
    assign_groups,
  })
  const type = (await at.ask('POST', '/ticket_types', { name: 'Day' })).body
  await at.ask('PUT', `/people/resources/${person_id}/ticket`, type)
  await at.ask('DELETE', `/people/resources/${person_id}?erase=true`)
  expect((await at.ask('GET', `/people/resources/${person_id}`)).status).toBe(404)
  await swept()
  for (const trace of [email, 'Quillfeather', person_id]) {
    expect(await mentions(org, trace), trace).toEqual([])
  }
  expect((await at.ask('DELETE', `/ticket_types/${type.ticket_type_id}`)).status).toBe(200)
})
