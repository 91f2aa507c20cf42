import { expect, test } from 'vitest'
import { makeAttendees } from '#test/support/attendee.ts'
import { readCalendar } from '#test/support/calendar.ts'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { asRole, makeSession } from '#test/support/sessions.ts'

const feedOf = async (at: EventClient, body?: unknown) => {
  const made = await at.ask('POST', '/sessions/feeds', body)
  expect(made.status, made.text).toBe(200)
  return { ...made.body, path: made.body.url.replace(/^https?:\/\/[^/]+\/api\/v2/, '') }
}

test('prints sessions on both sides of a change of the clocks at their right instants', async () => {
  const at = await freshEvent()
  const slot = { session_start_time: '09-00', session_end_time: '10-00' }
  const winter = await makeSession(at, { ...slot, session_date: '2027-03-27' })
  const summer = await makeSession(at, { ...slot, session_date: '2027-03-28' })
  const autumn = await makeSession(at, {
    session_date: '2027-10-31',
    session_start_time: '01-30',
    session_end_time: '03-30',
  })
  const answer = await at.ask('GET', '/sessions/calendar.ics')
  expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8')
  const seen = readCalendar(answer.text)
  expect(seen.get(winter.session_id)).toMatchObject({
    start: '2027-03-27T08:00:00.000Z',
    end: '2027-03-27T09:00:00.000Z',
  })
  expect(seen.get(summer.session_id)?.start).toBe('2027-03-28T07:00:00.000Z')
  expect(seen.get(autumn.session_id)).toMatchObject({
    start: '2027-10-30T23:30:00.000Z',
    end: '2027-10-31T02:30:00.000Z',
  })
})

test('tells readers of a calendar what changed: same uid, next sequence, 304 for nothing', async () => {
  const at = await freshEvent()
  const made = await makeSession(at)
  const path = '/sessions/calendar.ics'
  const first = await at.ask('GET', path)
  const same = await at.ask('GET', path, undefined, { 'if-none-match': first.headers.etag ?? '' })
  expect(same.status).toBe(304)
  await at.ask('PATCH', `/sessions/resources/${made.session_id}`, {
    session: { session_name: 'Moved; to, the\nhall'.replace('\n', ' ') },
  })
  const changed = await at.ask('GET', path, undefined, {
    'if-none-match': first.headers.etag ?? '',
  })
  expect(changed.status).toBe(200)
  const [before, after] = [first, changed].map(({ text }) =>
    readCalendar(text).get(made.session_id),
  )
  expect(after?.uid).toBe(before?.uid)
  expect(after?.summary).toBe('Moved; to, the hall')
  expect(Number(after?.sequence)).toBeGreaterThan(Number(before?.sequence))
})

test('prints the agenda of a person, roles included', async () => {
  const at = await freshEvent()
  const person = await makePerson(at)
  const [attended, spoken] = [
    await makeSession(at),
    await makeSession(at, { speakers: [person.person_id] }),
  ]
  await makeSession(at)
  await at.ask('POST', `/sessions/resources/${attended.session_id}/attendees/${person.person_id}`)
  const path = `/people/resources/${person.person_id}/sessions/calendar.ics`
  const seen = readCalendar((await at.ask('GET', path)).text)
  expect([...seen.keys()].sort()).toEqual([attended.session_id, spoken.session_id].sort())
  const feed = await feedOf(at, { person: person.person_id })
  expect(readCalendar((await call('GET', feed.path)).text).size).toBe(2)
  await at.ask('DELETE', `/people/resources/${person.person_id}`)
  expect((await call('GET', feed.path)).status).toBe(404)
  expect((await at.ask('GET', '/sessions/feeds')).body).toEqual([])
  await runAllJobs()
  expect((await call('GET', feed.path)).status).toBe(401)
})

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

test('shows the booked meetings of a person in their calendar', async () => {
  const event = await freshEvent()
  const [ada, eve] = await makeAttendees(event, ['Ada', 'Eve'])
  if (!ada || !eve) throw new Error('two were made')
  const asked = await ada.ask('POST', `/people/${eve.id}/meetings`, {
    meetingStartTime: '2027-05-04T11:00:00+02:00',
    meetingEndTime: '2027-05-04T11:30:00+02:00',
    note: 'Bring <the> badge',
  })
  const path = `/people/resources/${ada.id}/sessions/calendar.ics`
  expect((await event.ask('GET', path)).text).not.toContain('BEGIN:VEVENT')
  await eve.ask('PUT', `/people/me/meetings/${asked.body.id}`, { status: 'BOOKED' })
  const { text } = await event.ask('GET', path)
  expect(text).toContain(`UID:${asked.body.id}@plenary`)
  expect(text).toContain('SUMMARY:Meeting with Eve')
  expect(text).toContain('DESCRIPTION:Bring <the> badge')
})
