import { expect, test } from 'vitest'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'
import { asRole, makeSession } from '#test/support/sessions.ts'

const feedOf = async (at: EventClient, body?: unknown) => {
  const made = await at.ask('POST', '/sessions/feeds', body)
  expect(made.status, made.text).toBe(200)
  return { ...made.body, path: made.body.url.replace(/^https?:\/\/[^/]+\/api\/v2/, '') }
}

test('opens by a feed only the calendar that it was made for', async () => {
  const at = await freshEvent()
  const person = await makePerson(at)
  await makeSession(at)
  const [ofEvent, ofPerson] = [await feedOf(at), await feedOf(at, { person: person.person_id })]
  expect(ofEvent).toMatchObject({ person: '', token: expect.stringMatching(/^plf_/) })
  const events = `/events/${at.id}`
  const agenda = `${events}/people/resources/${person.person_id}/sessions/calendar.ics`
  expect((await call('GET', ofEvent.path)).status).toBe(200)
  expect((await call('HEAD', ofPerson.path)).status).toBe(200)
  const other = await freshEvent()
  const refused: [string, number][] = [
    [`${agenda}?feed=${ofEvent.token}`, 404],
    [`${events}/sessions/calendar.ics?feed=${ofPerson.token}`, 404],
    [`/events/${other.id}/sessions/calendar.ics?feed=${ofEvent.token}`, 404],
    [`${events}/sessions/calendar.ics?feed=`, 401],
    [`${events}/sessions/calendar.ics?feed=plf_x`, 401],
    [`${events}/sessions/calendar.ics?feed=${ofEvent.token.slice(0, -1)}0`.replace(/0$/, 'x'), 401],
    [`${events}/sessions/calendar.ics?token=${ofEvent.token}`, 401],
    [`${events}/sessions/calendar.ics`, 401],
    [`${events}/sessions?feed=${ofEvent.token}`, 401],
    [`${events}/sessions/resources?feed=${ofEvent.token}`, 401],
    [`${events}/people/resources/${person.person_id}?feed=${ofPerson.token}`, 401],
  ]
  for (const [path, status] of refused)
    expect([path, (await call('GET', path)).status]).toEqual([path, status])
  for (const path of ['/sessions/calendar.ics', '/sessions', '/people']) {
    const asToken = await call('GET', events + path, { token: ofEvent.token })
    expect(asToken.status).toBe(401)
  }
  expect((await at.ask('GET', '/sessions/calendar.ics?feed=')).status).toBe(200)
  const both = await at.ask('GET', `/sessions/calendar.ics?feed=${ofEvent.token}`)
  expectError(both, 'ambiguous_credentials')
  const list = await at.ask('GET', '/sessions/feeds')
  expect(list.body.map(({ feed_id }: { feed_id: string }) => feed_id).sort()).toEqual(
    [ofEvent.feed_id, ofPerson.feed_id].sort(),
  )
  expect(list.text).not.toContain('plf_')
  expect((await at.ask('DELETE', `/sessions/feeds/${ofEvent.feed_id}`)).status).toBe(200)
  expect((await call('GET', ofEvent.path)).status).toBe(401)
  expectError(await at.ask('DELETE', `/sessions/feeds/${ofEvent.feed_id}`), 'feed_not_found')
  const staff = await asRole(at, 'event_staff')
  expect((await staff('POST', '/sessions/feeds')).status).toBe(403)
  expect((await staff('GET', '/sessions/calendar.ics')).status).toBe(200)
})

test('shows the text of a feed only to its maker', async () => {
  const at = await freshEvent()
  const key = { 'idempotency-key': 'feed' }
  const first = await at.ask('POST', '/sessions/feeds', {}, key)
  const again = await at.ask('POST', '/sessions/feeds', {}, key)
  expect(again.text).toBe(first.text)
  const foreign = await makePerson(await freshEvent())
  const refused = await at.ask('POST', '/sessions/feeds', { person: foreign.person_id })
  expectError(refused, 'invalid_reference', 'person')
})
