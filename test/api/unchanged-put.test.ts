import { expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { readCalendar } from '#test/support/calendar.ts'
import { call } from '#test/support/call.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

const made = async (at: EventClient, path: string, body: unknown) => {
  const answer = await at.ask('POST', path, body)
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}

/** Reads, puts back what was read an hour later, and reads again. */
async function putBack(at: EventClient, path: string, headers: Record<string, string> = {}) {
  const before = await at.ask('GET', path, undefined, headers)
  expect(before.status, before.text).toBe(200)
  const restore = setClock(() => Date.now() + 3_600_000)
  const put = await at.ask('PUT', path, before.body, headers)
  restore()
  expect(put.status, put.text).toBe(200)
  return { before, put, after: await at.ask('GET', path, undefined, headers) }
}

async function full(at: EventClient) {
  const [ada, bob] = [await makePerson(at), await makePerson(at)]
  const [red, blue] = [await makeTrack(at, 'Red'), await makeTrack(at, 'Blue')]
  const field = await made(at, '/sessions/custom_fields', {
    field_name: 'Level',
  })
  const group = await made(at, '/people/groups', {
    group: { group_name: 'Crew', group_members: [{ member_id: ada.person_id }] },
  })
  const session = await makeSession(at, {
    session_description: '<p>Q&amp;A</p>',
    session_tracks: [red.track_id, blue.track_id],
    session_roles: [
      { session_role_name: 'Speaker', people_list: [ada.person_id, bob.person_id] },
      { session_role_name: 'Moderator', people_list: [bob.person_id] },
    ],
    external_ids: [{ id_system: 'X', id: 's-1' }],
    external_links: [{ link_url: 'https://example.org/a', link_name: 'Slides' }],
    custom_fields_meta: { [field.custom_field_id]: 'high' },
    capacity: 20,
  })
  await at.ask('POST', `/sessions/resources/${session.session_id}/attendees/${ada.person_id}`)
  return { ada, red, group, field, session }
}

test('moves nothing when what was read is put back, of whatever kind', async () => {
  const at = await freshEvent()
  const { ada, red, group, field, session } = await full(at)
  for (const path of [
    '',
    `/people/resources/${ada.person_id}`,
    `/people/groups/${group.group_id}`,
    `/sessions/resources/${session.session_id}`,
    `/sessions/tracks/${red.track_id}`,
    `/sessions/custom_fields/${field.custom_field_id}`,
  ]) {
    const { before, put, after } = await putBack(at, path)
    expect([path, put.headers.etag]).toEqual([path, before.headers.etag])
    expect([path, after.headers.etag]).toEqual([path, before.headers.etag])
    expect(put.body.timestamps?.update_datetime).toBe(before.body.timestamps?.update_datetime)
  }
})

test('moves nothing when another system puts back what it read in its own ids', async () => {
  const at = await freshEvent()
  await full(at)
  const speaking = { ext_id_system: 'X' }
  const { before, put, after } = await putBack(at, '/sessions/resources/s-1', speaking)
  expect(before.body.session_id).toBe('s-1')
  expect([put.headers.etag, after.headers.etag]).toEqual([before.headers.etag, before.headers.etag])
})

test('leaves the calendar as it was, byte for byte, when sessions are put back or patched to what they are', async () => {
  const at = await freshEvent()
  const { session } = await full(at)
  const path = `/sessions/resources/${session.session_id}`
  const before = await at.ask('GET', '/sessions/calendar.ics')
  await putBack(at, path)
  const restore = setClock(() => Date.now() + 3_600_000)
  await at.ask('PATCH', path, { session: { session_name: session.session_name } })
  await at.ask('PATCH', path, { session: { session_tracks: session.session_tracks } })
  await at.ask('PUT', path, { session }, { 'idempotency-key': 'again' })
  restore()
  expect((await at.ask('GET', '/sessions/calendar.ics')).text).toBe(before.text)
})

test('moves the row and its time of change as soon as one thing differs, relations and their order included', async () => {
  const at = await freshEvent()
  const { session } = await full(at)
  const path = `/sessions/resources/${session.session_id}`
  const [red, blue] = session.session_tracks
  for (const [n, change] of [
    { session_name: 'Other' },
    { session_tracks: [blue, red] },
    { session_tracks: [blue] },
    { session_roles: [] },
    { external_ids: [] },
    { capacity: null },
    { external_links: [{ link_url: 'https://example.org/b', link_name: 'Slides' }] },
  ].entries()) {
    const before = await at.ask('GET', path)
    const seen = async () => {
      const { text } = await at.ask('GET', '/sessions/calendar.ics')
      return Number(readCalendar(text).get(session.session_id)?.sequence)
    }
    const sequence = await seen()
    const restore = setClock(() => Date.now() + (n + 1) * 3_600_000)
    const put = await at.ask('PUT', path, { session: { ...before.body, ...change } })
    restore()
    expect(put.status, put.text).toBe(200)
    expect(put.headers.etag).not.toBe(before.headers.etag)
    expect(put.body.timestamps.update_datetime > before.body.timestamps.update_datetime).toBe(true)
    expect((await at.ask('GET', path)).headers.etag).toBe(put.headers.etag)
    expect(await seen()).toBe(sequence + 1)
  }
})

test('still answers a repeated request from the record when it changed nothing', async () => {
  const at = await freshEvent()
  const { session } = await full(at)
  const path = `/events/${at.id}/sessions/resources/${session.session_id}`
  const sent = { token: at.token, body: { session }, headers: { 'idempotency-key': 'k' } }
  const first = await call('PUT', path, sent)
  const second = await call('PUT', path, sent)
  expect([first.status, second.status]).toEqual([200, 200])
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(second.text).toBe(first.text)
})

test('stamps a session when somebody is given a role in it from their own side', async () => {
  const at = await freshEvent()
  const session = await makeSession(at)
  const person = await makePerson(at)
  const restore = setClock(() => Date.now() + 3_600_000)
  const answer = await at.ask('POST', `/people/resources/${person.person_id}/sessions`, {
    session: { sessions: [{ session_id: session.session_id, session_roles: ['Speaker'] }] },
  })
  restore()
  expect(answer.status, answer.text).toBe(200)
  const after = await at.ask('GET', `/sessions/resources/${session.session_id}`)
  expect(after.body.timestamps.update_datetime > session.timestamps.update_datetime).toBe(true)
})
