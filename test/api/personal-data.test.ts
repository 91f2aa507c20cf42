import { expect, test } from 'vitest'
import { scopeOf } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makeGroup, makePerson, runAllJobs } from '#test/support/factories.ts'
import { email, key, mentions, name, personWithHistory } from '#test/support/person-with-history.ts'
import { objectsOf, picturesOf, square } from '#test/support/pictures.ts'

test('exports everything that is held about somebody', async () => {
  const { at, id, eve, picture } = await personWithHistory()
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
  expectError(await at.ask('GET', missing), 'person_not_found')
})

test('leaves nothing of somebody who is erased, anywhere', async () => {
  const { at, id, eve, token, group, replay } = await personWithHistory()
  const org = await scopeOf(at)
  for (const trace of [email, 'Quillfeather', id]) {
    expect((await mentions(org, trace)).length, trace).toBeGreaterThan(0)
  }
  const erased = await at.ask('DELETE', `/people/resources/${id}?erase=true`, undefined, key())
  expect(erased.body).toEqual({ person_id: id, erased: true })
  await runAllJobs()
  for (const trace of [email, 'Zephyrine', 'Quillfeather', 'zq-1']) {
    expect(await mentions(org, trace), trace).toEqual([])
  }
  expect(await mentions(org, id)).toEqual([])
  expect(await objectsOf(at.id)).toEqual([])
  const again = await at.ask('POST', '/people/resources', replay.person, replay.headers)
  expect([again.status, again.headers['idempotency-replayed']]).toEqual([410, 'true'])
  expect((await at.ask('GET', `/people/groups/${group.group_id}`)).body.member_number).toBe(0)
  expect((await eve.ask('GET', '/people/me/connections')).body).toEqual([])
  expect((await eve.ask('GET', '/people/me/meetings')).body).toEqual([])
  const [person] = await mentions(org, `"id":"${eve.id}"`)
  expect(person?.booked).toBeUndefined()
  const { findToken } = await import('#lib/store/write/tokens.ts')
  const now = Date.now
  Date.now = () => now() + 60_000
  try {
    expect(await findToken({ deadline: now() + 90_000 }, token)).toBeUndefined()
  } finally {
    Date.now = now
  }
})

test('keeps what others share with somebody who is erased', async () => {
  const at = await freshEvent()
  const picture = await picturesOf(at).add(await square())
  const shared = { picture_resource_id: picture.resource_id }
  const body = (first: string) => ({ profile: { first_name: first, ...shared } })
  const eveKey = key()
  const { body: ada } = await at.ask('POST', '/people/resources', body('Ada'), key())
  const eve = await at.ask('POST', '/people/resources', body('Eve'), eveKey)
  await at.ask('DELETE', `/people/resources/${ada.person_id}?erase=true`)
  await runAllJobs()
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
  await runAllJobs()
  for (const trace of [email, 'Quillfeather', person_id]) {
    expect(await mentions(org, trace), trace).toEqual([])
  }
  expect((await at.ask('DELETE', `/ticket_types/${type.ticket_type_id}`)).status).toBe(200)
})

test('leaves nothing of what people did when their event is deleted', async () => {
  const { at } = await personWithHistory()
  const org = await scopeOf(at)
  const deleted = await call('DELETE', `/events/${at.id}`, { token: at.token })
  expect(deleted.status).toBe(200)
  await runAllJobs()
  for (const trace of [at.id, 'Quillfeather']) {
    const left = (await mentions(org, trace)).map(({ pk }) => pk)
    expect(left.filter((pk) => !pk.includes('#Y#'))).toEqual([])
  }
})
