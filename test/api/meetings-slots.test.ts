import { expect, test } from 'vitest'
import { makeAttendees } from '#test/support/attendee.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { at, change, slot, twoAttendees } from '#test/support/meetings.ts'
import { makeSession } from '#test/support/sessions.ts'

test('will not accept when a session has come between', async () => {
  const { event, eve, request } = await twoAttendees()
  const { id } = (await request('09:30', '10:30')).body
  const session = await makeSession(event)
  await event.ask('POST', `/sessions/resources/${session.session_id}/attendees/${eve.id}`)
  const late = await change(eve, id, { status: 'BOOKED' })
  expect([late.status, late.error]).toEqual([409, 'slot_not_available'])
  await event.ask('DELETE', `/sessions/resources/${session.session_id}`)
  expect((await change(eve, id, { status: 'BOOKED' })).status).toBe(200)
})

test('keeps people who have a meeting out of a networking session at that time', async () => {
  const { event, ada, book } = await twoAttendees()
  const type = (await event.ask('POST', '/ticket_types', { name: 'Day' })).body
  await event.ask('PUT', `/people/resources/${ada.id}/ticket`, {
    ticket_type_id: type.ticket_type_id,
  })
  await book('09:30', '10:30')
  const { session_id } = await makeSession(event, { session_format: 'MEET_UP' })
  const joined = await ada.ask('PUT', `/networking/sessions/${session_id}/registration`)
  expect([joined.status, joined.error]).toEqual([409, 'meeting_conflict'])
  expect(joined.body.message).toMatch(/^You have a meeting from 2027-05-04T.* to 2027-05-04T/)
})

test('lists exactly the slots that a meeting can take', async () => {
  const { event, ada, eve, book } = await twoAttendees()
  await eve.ask('PATCH', '/people/me/profile', {
    rules: [{ date: '2027-05-04', start: '09:00', end: '12:00' }],
    availabilityDuration: 60,
  })
  await ada.ask('PATCH', '/people/me/profile', { availabilityStartTime: '08:30' })
  const session = await makeSession(event)
  await event.ask('POST', `/sessions/resources/${session.session_id}/attendees/${ada.id}`)
  const path = `/people/${eve.id}/slots`
  const list = async (query = '') => (await ada.ask('GET', path + query)).body
  const times = (slots: { meetingStartTime: string }[]) =>
    slots.map(({ meetingStartTime }) => meetingStartTime.slice(11, 16))
  expect(times(await list())).toEqual(['10:00', '10:15', '10:30', '10:45', '11:00'])
  await book('10:00', '10:30')
  expect(times(await list())).toEqual(['10:30', '10:45', '11:00'])
  expect(times(await list('?duration=90'))).toEqual(['10:30'])
  const from = encodeURIComponent(at('11:00'))
  expect(times(await list(`?duration=30&from=${from}`))).toEqual(['11:00', '11:15', '11:30'])
  expect(times(await list(`?duration=30&to=${from}`))).toEqual(['10:30'])
  const page = await ada.ask('GET', `${path}?limit=2`)
  expect(page.headers['x-total-count']).toBe('3')
  const next = /\/events\/[^/]+([^>]+)>/.exec(page.headers.link ?? '')?.[1] ?? ''
  expect(times((await ada.ask('GET', next)).body)).toEqual(['11:00'])
  const [free] = await list()
  expect((await ada.ask('POST', `/people/${eve.id}/meetings`, free)).status).toBe(200)
  expect(times((await event.ask('GET', `${path}?duration=60`)).body)).toContain('09:00')
  expect((await ada.ask('GET', '/people/me/slots?duration=30')).body.length).toBeGreaterThan(10)
})

test('frees the time of whoever had a meeting with somebody deleted', async () => {
  const { event, ada, eve, book } = await twoAttendees()
  const [carol] = await makeAttendees(event, ['Carol'])
  await book('11:00', '11:30')
  await event.ask('DELETE', `/people/resources/${eve.id}`)
  expect((await ada.ask('GET', '/people/me/meetings')).body).toEqual([])
  await runAllJobs()
  const again = await carol?.ask('POST', `/people/${ada.id}/meetings`, slot('11:00', '11:30'))
  expect(again?.status).toBe(200)
})

test('repeats a request with its key once', async () => {
  const { ada, eve } = await twoAttendees()
  const key = { 'idempotency-key': 'k' }
  const path = `/people/${eve.id}/meetings`
  const answers = await Promise.all(
    [...Array(8)].map(() => ada.ask('POST', path, slot('11:00', '11:30'), key)),
  )
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect((await ada.ask('GET', '/people/me/meetings')).body).toHaveLength(1)
})
