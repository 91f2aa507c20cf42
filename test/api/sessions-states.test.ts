import { expect, it } from 'vitest'
import { runJobs } from '#lib/store/jobs/runner.ts'
import { makeAttendees } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { rightBefore } from '#test/support/crashes.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent } from '#test/support/factories.ts'
import { ticketFor } from '#test/support/networking.ts'
import { asRole, makeSession } from '#test/support/sessions.ts'

const resources = '/sessions/resources'
const calendar = async ({ ask }: EventClient) => (await ask('GET', '/sessions/calendar.ics')).text

async function makeRoom({ ask }: EventClient, room_name: string, more = {}) {
  const made = await ask('POST', '/rooms', { room: { room_name, ...more } })
  expect(made.status, made.text).toBe(200)
  return made.body
}

it('keeps status, subtitle, language and room through GET, PUT and PATCH', async () => {
  const at = await freshEvent()
  const { room_id } = await makeRoom(at, 'Great hall')
  const said = {
    session_status: 'CANCELLED',
    session_subtitle: 'What nobody told us',
    session_language: 'zh-Hant-TW',
    room_id,
  }
  const made = await makeSession(at, said)
  expect(made).toMatchObject(said)
  const path = `${resources}/${made.session_id}`
  const got = await at.ask('GET', path)
  const put = await at.ask('PUT', path, { session: got.body })
  expect(put.headers.etag).toBe(got.headers.etag)
  const patched = await at.ask('PATCH', path, {
    session: { session_status: 'SCHEDULED', session_subtitle: null, room_id: null },
  })
  expect(patched.body).toMatchObject({
    session_status: 'SCHEDULED',
    session_subtitle: '',
    session_language: 'zh-Hant-TW',
    room_id: null,
  })
  const plain = await makeSession(at)
  expect(plain).toMatchObject({
    session_status: 'SCHEDULED',
    session_subtitle: '',
    session_language: null,
    room_id: null,
  })
})

it('names the field of what it does not take', async () => {
  const at = await freshEvent()
  const { session_id } = await makeSession(at)
  const patch = (session: object) => at.ask('PATCH', `${resources}/${session_id}`, { session })
  expectError(await patch({ session_status: 'draft' }), 'invalid_body', 'session.session_status')
  expectError(
    await patch({ session_language: 'Deutsch' }),
    'invalid_body',
    'session.session_language',
  )
  const elsewhere = await makeRoom(await freshEvent(), 'Far away')
  const unknown = await patch({ room_id: elsewhere.room_id })
  expectError(unknown, 'invalid_reference', 'session.room_id')
})

it('names rooms in the caller’s system', async () => {
  const at = await freshEvent()
  const external_ids = [{ id_system: 'crm', id: 'hall-1' }]
  const room = await makeRoom(at, 'Great hall', { external_ids })
  const headers = { ext_id_system: 'crm' }
  const made = await makeSession(at, { room_id: 'hall-1' }, headers)
  expect(made.room_id).toBe('hall-1')
  const own = await at.ask('GET', `${resources}/${made.session_id}`)
  expect(own.body.room_id).toBe(room.room_id)
})

it('takes a room that is deleted out of its sessions at once, and for good behind it', async () => {
  const at = await freshEvent()
  const { room_id } = await makeRoom(at, 'Great hall')
  const { session_id } = await makeSession(at, { room_id, location: 'Second floor' })
  expect(await calendar(at)).toContain('LOCATION:Great hall\\, Second floor')
  expect((await at.ask('DELETE', `/rooms/${room_id}`)).status).toBe(200)
  const path = `${resources}/${session_id}`
  expect((await at.ask('GET', path)).body.room_id).toBeNull()
  expect(await calendar(at)).toContain('LOCATION:Second floor')
  const before = /SEQUENCE:(\d+)/.exec(await calendar(at))?.[1]
  await runJobs(Date.now() + 20_000)
  expect((await at.ask('GET', path)).body.room_id).toBeNull()
  expect(/SEQUENCE:(\d+)/.exec(await calendar(at))?.[1]).toBe(before)
  const again = await at.ask('PATCH', path, { session: { room_id } })
  expectError(again, 'invalid_reference', 'session.room_id')
})

it('puts no session into a room that is deleted at the same moment', async () => {
  const at = await freshEvent()
  const { room_id } = await makeRoom(at, 'Great hall')
  const { session_id } = await makeSession(at)
  rightBefore(room_id, () => at.ask('DELETE', `/rooms/${room_id}`))
  const late = await at.ask('PATCH', `${resources}/${session_id}`, { session: { room_id } })
  expectError(late, 'invalid_reference', 'session.room_id')
})

it('tells calendars that a room is called otherwise', async () => {
  const at = await freshEvent()
  const { room_id } = await makeRoom(at, 'Great hall')
  await makeSession(at, { room_id })
  const old = await at.ask('GET', '/sessions/calendar.ics')
  await at.ask('PATCH', `/rooms/${room_id}`, { room: { room_name: 'Small hall' } })
  const headers = { 'if-none-match': old.headers.etag ?? '' }
  const now = await at.ask('GET', '/sessions/calendar.ics', undefined, headers)
  expect(now.text).toContain('LOCATION:Small hall')
  const sequence = (text: string) => Number(/SEQUENCE:(\d+)/.exec(text)?.[1])
  expect(sequence(now.text)).toBeGreaterThan(sequence(old.text))
})

it('shows drafts to organisers and staff, and in no programme', async () => {
  const at = await freshEvent()
  const [ada] = await makeAttendees(at, ['Ada'])
  if (!ada) return expect.fail()
  await ticketFor(at, [ada])
  const secret = 'Unannounced keynote'
  const draft = await makeSession(at, {
    session_name: secret,
    session_status: 'DRAFT',
    session_format: 'MEET_UP',
    session_date: '2099-05-04',
  })
  const agenda = { assign_agenda: { sessions: [{ session_id: draft.session_id }] } }
  await at.ask('PATCH', `/people/resources/${ada.id}`, { person: agenda })
  const staff = await asRole(at, 'event_staff')
  expect((await staff('GET', resources)).text).toContain(secret)
  const feed = await at.ask('POST', '/sessions/feeds', { person: ada.id })
  const outside = [
    await at.ask('GET', '/sessions/calendar.ics'),
    await at.ask('GET', '/sessions/schedule.json'),
    await at.ask('GET', '/sessions/schedule.xml'),
    await call('GET', `/events/${at.id}/people/resources/${ada.id}/sessions/calendar.ics`, {
      query: { feed: feed.body.token },
    }),
    await ada.ask('GET', '/networking/sessions'),
  ]
  for (const { status, text } of outside) {
    expect(status, text).toBe(200)
    expect(text).not.toContain(secret)
  }
  const joined = await ada.ask('PUT', `/networking/sessions/${draft.session_id}/registration`)
  expectError(joined, 'session_not_found')
})

it('keeps nobody busy with what is a draft or cancelled', async () => {
  const at = await freshEvent()
  const [ada, eve] = await makeAttendees(at, ['Ada', 'Eve'])
  if (!ada || !eve) return expect.fail()
  const slots = async () =>
    (await ada.ask('GET', `/people/${eve.id}/slots?duration=60`)).body.length
  const all = await slots()
  const free = async () => (await slots()) === all
  const { session_id } = await makeSession(at)
  await at.ask('POST', `${resources}/${session_id}/attendees/${eve.id}`)
  expect(await free()).toBe(false)
  for (const session_status of ['DRAFT', 'CANCELLED']) {
    await at.ask('PATCH', `${resources}/${session_id}`, { session: { session_status } })
    expect(await free(), session_status).toBe(true)
  }
})

it('says in calendars and schedules that a session is cancelled', async () => {
  const at = await freshEvent()
  const { session_id } = await makeSession(at, { session_language: 'de', session_subtitle: 'Live' })
  await at.ask('PATCH', `${resources}/${session_id}`, { session: { session_status: 'CANCELLED' } })
  const text = await calendar(at)
  expect(text).toContain('STATUS:CANCELLED')
  expect(text).toContain('DESCRIPTION:Live')
  const { schedule } = (await at.ask('GET', '/sessions/schedule.json')).body
  expect(JSON.stringify(schedule)).toMatch(/"title":"CANCELLED: Keynote","subtitle":"Live"/)
  expect(JSON.stringify(schedule)).toContain('"language":"de"')
})
