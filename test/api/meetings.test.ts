import { expect, test } from 'vitest'
import type { ErrorName } from '#lib/base/errors.ts'
import { makeAttendees, speaking, tokenOf } from '#test/support/attendee.ts'
import { expectError } from '#test/support/errors.ts'
import { at, change, slot, twoAttendees } from '#test/support/meetings.ts'
import { makeSession } from '#test/support/sessions.ts'

test('shows a meeting the same to both at every step', async () => {
  const { event, ada, eve, request } = await twoAttendees()
  const asked = await request('11:00', '11:30')
  expect(asked.status, asked.text).toBe(200)
  expect(asked.body).toEqual({
    id: expect.stringMatching(/^mtg_/),
    eventId: event.id,
    senderUserId: ada.id,
    receiverUserId: eve.id,
    ...slot('11:00', '11:30'),
    note: '',
    status: 'CREATED',
    rejectedBy: '',
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  })
  const { id } = asked.body
  expectError(await change(ada, id, { status: 'BOOKED' }), 'meeting_state')
  expectError(await change(ada, id, { status: 'DECLINED' }), 'meeting_state')
  expectError(await change(eve, id, { status: 'CANCEL' }), 'meeting_state')
  const booked = await change(eve, id, { meeting: { status: 'BOOKED' } })
  expect(booked.body.status).toBe('BOOKED')
  for (const who of [ada, eve]) {
    expect((await who.ask('GET', '/people/me/meetings?status=BOOKED')).body).toEqual([booked.body])
    expect((await who.ask('GET', `/people/me/meetings/${id}`)).body).toEqual(booked.body)
  }
  const same = await change(eve, id, booked.body)
  expect(same.body).toEqual(booked.body)
  const unix = await eve.ask('GET', `/people/me/meetings/${id}?timestamp_format=integer`)
  expect((await change(eve, id, unix.body)).body).toEqual(booked.body)
  expect((await change(ada, id, { status: 'CANCEL' })).body.status).toBe('CANCEL')
  expectError(await change(eve, id, { status: 'BOOKED' }), 'meeting_state')
  expectError(await change(eve, id, slot('12:00', '12:30')), 'meeting_state')
  expect((await request('11:00', '11:30')).status).toBe(200)
})

test('declines, which only the two see', async () => {
  const { ada, eve, request } = await twoAttendees()
  const { id } = (await request('11:00', '11:30')).body
  const declined = await change(eve, id, { status: 'DECLINED' })
  expect(declined.body).toMatchObject({ status: 'DECLINED', rejectedBy: eve.id })
  expect((await ada.ask('GET', `/people/me/meetings/${id}`)).body.rejectedBy).toBe(eve.id)
})

test('moves a meeting, which the other has to accept anew', async () => {
  const { ada, eve, book } = await twoAttendees()
  const booked = await book('11:00', '11:30')
  const moved = await change(eve, booked.id, slot('14:00', '14:30'))
  expect(moved.body).toMatchObject({
    id: booked.id,
    senderUserId: eve.id,
    receiverUserId: ada.id,
    ...slot('14:00', '14:30'),
    status: 'CREATED',
  })
  expectError(await change(eve, booked.id, { status: 'BOOKED' }), 'meeting_state')
  expect((await change(ada, booked.id, { status: 'BOOKED' })).body.status).toBe('BOOKED')
  const both = { status: 'CANCEL', ...slot('15:00', '15:30') }
  expect((await change(ada, booked.id, both)).body.fields).toBe('status')
})

test('refuses times that do not exist, are too long or not free', async () => {
  const { event, ada, eve, request, book } = await twoAttendees()
  const session = await makeSession(event)
  await event.ask('POST', `/sessions/resources/${session.session_id}/attendees/${eve.id}`)
  await makeSession(event, {
    session_start_time: '16-00',
    session_end_time: '17-00',
    speakers: [ada.id],
  })
  await book('11:00', '11:30')
  const path = `/people/${eve.id}/meetings`
  const cases: [object, string, ErrorName][] = [
    [slot('12:00', '12:00'), 'meetingEndTime', 'invalid_time'],
    [slot('12:00', '11:00'), 'meetingEndTime', 'invalid_time'],
    [slot('12:00', '20:01'), 'meetingEndTime', 'invalid_time'],
    [
      { ...slot('12:00', '12:30'), meetingStartTime: '2020-01-01T00:00:00Z' },
      'meetingEndTime',
      'invalid_time',
    ],
    [
      { meetingStartTime: '2020-01-01T00:00:00Z', meetingEndTime: '2020-01-01T01:00:00Z' },
      'meetingStartTime',
      'invalid_time',
    ],
    [
      { ...slot('12:00', '12:30'), meetingStartTime: '2027-05-04T12:00' },
      'meetingStartTime',
      'invalid_body',
    ],
    [
      { ...slot('12:00', '12:30'), meetingStartTime: at('12:00').replace(':00+', ':01+') },
      'meetingStartTime',
      'invalid_body',
    ],
    [{ meetingStartTime: at('12:00') }, 'meetingEndTime', 'invalid_body'],
    [slot('09:30', '10:30'), '', 'slot_not_available'],
    [slot('16:30', '17:30'), '', 'slot_not_available'],
    [slot('11:15', '11:45'), '', 'slot_not_available'],
    [slot('12:00', '12:30', '06'), '', 'slot_not_available'],
  ]
  for (const [body, field, error] of cases) {
    const answer = await ada.ask('POST', path, body)
    expect([answer.body.fields, answer.error], JSON.stringify(body)).toEqual([field, error])
  }
  expect((await request('09:30', '10:30')).status).toBe(409)
  expect((await request('10:00', '11:00')).status).toBe(200)
  await eve.ask('PATCH', '/people/me/profile', {
    rules: [{ date: '2027-05-05', start: '09:00', end: '10:00' }],
  })
  expectError(await request('12:00', '12:30'), 'slot_not_available')
  expect((await request('09:00', '10:00', '05')).status).toBe(200)
})

test('honours who takes meetings from whom', async () => {
  const { event, ada, eve, request } = await twoAttendees()
  const set = (acceptMeetingRequests: string) =>
    eve.ask('PATCH', '/people/me/profile', { acceptMeetingRequests })
  await set('NO_ONE')
  const closed = await request('11:00', '11:30')
  expect([closed.status, closed.error]).toEqual([403, 'meetings_closed'])
  expectError(await ada.ask('GET', `/people/${eve.id}/slots`), 'meetings_closed')
  await set('MY_CONNECTION')
  expectError(await request('11:00', '11:30'), 'meetings_closed')
  await ada.ask('POST', `/people/${eve.id}/connection`)
  await eve.ask('PUT', `/people/${ada.id}/connection`, { status: 'ACCEPT' })
  expect((await request('11:00', '11:30')).status).toBe(200)
  await eve.ask('PATCH', '/people/me/profile', { exposeProfileToOtherUser: false })
  const hidden = await request('12:00', '12:30')
  expect([hidden.status, hidden.error]).toEqual([404, 'person_not_found'])
  const staff = speaking(event, await tokenOf(event, 'event_staff'))
  const path = `/people/${eve.id}/meetings`
  expectError(await staff.ask('POST', path, slot('11:00', '11:30')), 'admin_without_ticket')
  const self = await ada.ask('POST', `/people/${ada.id}/meetings`, slot('11:00', '11:30'))
  expectError(self, 'self_meeting')
})

test('shows a meeting to nobody but the two', async () => {
  const { event, ada, request } = await twoAttendees()
  const [carol] = await makeAttendees(event, ['Carol'])
  const { id } = (await request('11:00', '11:30')).body
  if (!carol) return
  expectError(await carol.ask('GET', `/people/me/meetings/${id}`), 'meeting_not_found')
  expectError(await change(carol, id, { status: 'CANCEL' }), 'meeting_not_found')
  expectError(await event.ask('GET', '/people/me/meetings'), 'person_not_found')
  expectError(await ada.ask('GET', '/people/me/meetings/mtg_x'), 'meeting_not_found')
  expectError(await change(ada, id, { id: 'mtg_x' }), 'id_mismatch')
})

test('lists meetings in order of time, upcoming or past, page by page', async () => {
  const { ada, request } = await twoAttendees()
  for (const hour of ['15', '11', '13']) await request(`${hour}:00`, `${hour}:30`)
  const starts = (body: { meetingStartTime: string }[]) =>
    body.map(({ meetingStartTime }) => meetingStartTime.slice(11, 13))
  const all = await ada.ask('GET', '/people/me/meetings')
  expect(starts(all.body)).toEqual(['11', '13', '15'])
  expect((await ada.ask('GET', '/people/me/meetings?upcoming=true')).body).toHaveLength(3)
  expect((await ada.ask('GET', '/people/me/meetings?upcoming=false')).body).toHaveLength(0)
  expect((await ada.ask('GET', '/people/me/meetings?status=LATER')).status).toBe(400)
  const page = await ada.ask('GET', '/people/me/meetings?limit=2')
  const next = /\/events\/[^/]+([^>]+)>/.exec(page.headers.link ?? '')?.[1] ?? ''
  expect(starts((await ada.ask('GET', next)).body)).toEqual(['15'])
})
