import { expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { makeAttendees } from '#test/support/attendee.ts'
import { readCalendar } from '#test/support/calendar.ts'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

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

/** The lines of the one entry of a calendar, unfolded. */
const entryLines = (text: string) =>
  text.replaceAll('\r\n ', '').split('BEGIN:VEVENT')[1]?.split('\r\n') ?? []
const line = (text: string, name: string) =>
  entryLines(text).find((one) => one.startsWith(`${name}:`) || one.startsWith(`${name};`))

test('counts up and stamps every entry when a change of the zone moves it', async () => {
  const at = await freshEvent()
  const session = await makeSession(at)
  const person = await makePerson(at)
  await at.ask('POST', `/sessions/resources/${session.session_id}/attendees/${person.person_id}`)
  const paths = [
    '/sessions/calendar.ics',
    `/people/resources/${person.person_id}/sessions/calendar.ics`,
  ]
  const zone = (time_zone_tz: string) =>
    at.ask('PATCH', '', { event: { event_dates: { time_zone_tz } } })
  const restores: (() => void)[] = []
  for (const [n, name] of ['America/New_York', 'Asia/Tokyo', 'Europe/Berlin'].entries()) {
    const before = await Promise.all(paths.map((path) => at.ask('GET', path)))
    restores.push(setClock(() => Date.now() + (n + 1) * 60_000))
    expect((await zone(name.toLowerCase())).body.event_dates.time_zone_tz).toBe(name)
    for (const [m, path] of paths.entries()) {
      const old = before[m]
      const seen = { 'if-none-match': old?.headers.etag ?? '' }
      const { status, text } = await at.ask('GET', path, undefined, seen)
      expect(status).toBe(200)
      expect(line(text, 'DTSTART')).toContain(`TZID=${name}:`)
      const [was, is] = [old?.text ?? '', text].map((one) => line(one, 'SEQUENCE')?.slice(9))
      expect(Number(is)).toBe(Number(was) + 1)
      expect(line(text, 'DTSTAMP')).not.toBe(line(old?.text ?? '', 'DTSTAMP'))
      expect(line(text, 'LAST-MODIFIED')).not.toBe(line(old?.text ?? '', 'LAST-MODIFIED'))
    }
  }
  for (const restore of restores.reverse()) restore()
})

test('tells tracks, speakers, links, place and state of a session', async () => {
  const at = await freshEvent()
  const [ada, hidden] = [await makePerson(at), (await makeAttendees(at, ['Eve']))[0]]
  await hidden?.ask('PATCH', '/people/me/profile', { showProfile: false })
  const tracks = [await makeTrack(at, 'Red; hot'), await makeTrack(at, 'Blue')]
  await makeSession(at, {
    session_tracks: tracks.map(({ track_id }) => track_id),
    speakers: [ada.person_id, hidden?.id],
    location: 'Hall 1',
    external_links: [
      { link_name: 'Stream', link_url: 'https://example.org/live?a=1' },
      { link_url: 'https://example.org/b' },
    ],
  })
  const { text } = await at.ask('GET', '/sessions/calendar.ics')
  expect(line(text, 'CATEGORIES')).toBe('CATEGORIES:Red\\; hot,Blue')
  expect(line(text, 'STATUS')).toBe('STATUS:CONFIRMED')
  expect(line(text, 'URL')).toBe('URL:https://example.org/live?a=1')
  expect(line(text, 'LOCATION')).toBe('LOCATION:Hall 1')
  expect(line(text, 'DESCRIPTION')).toBe(
    'DESCRIPTION:Speaker: Ada Byron\\nStream: https://example.org/live?a=1\\nhttps://example.org/b',
  )
})

test('has a new tag as soon as a name that it shows is another, and not before', async () => {
  const at = await freshEvent()
  const [ada, guest] = [await makePerson(at), await makePerson(at)]
  const track = await makeTrack(at, 'Red')
  await makeSession(at, { session_tracks: [track.track_id], speakers: [ada.person_id] })
  const tag = async () => (await at.ask('GET', '/sessions/calendar.ics')).headers.etag
  const person = (id: string, profile: unknown) =>
    at.ask('PATCH', `/people/resources/${id}`, { person: { profile } })
  const changed = async (change: () => Promise<{ status: number }>, moves: boolean) => {
    const before = await tag()
    expect((await change()).status).toBe(200)
    expect((await tag()) !== before).toBe(moves)
  }
  await changed(() => person(ada.person_id, { last_name: 'Lovelace' }), true)
  await changed(() => person(ada.person_id, { company: 'Engines' }), false)
  await changed(() => person(guest.person_id, { last_name: 'Nobody' }), false)
  await changed(
    () =>
      at.ask('PATCH', `/sessions/tracks/${track.track_id}`, { track: { track_name: 'Crimson' } }),
    true,
  )
  const { text } = await at.ask('GET', '/sessions/calendar.ics')
  expect(line(text, 'CATEGORIES')).toBe('CATEGORIES:Crimson')
  expect(line(text, 'DESCRIPTION')).toBe('DESCRIPTION:Speaker: Ada Lovelace')
  await changed(() => at.ask('DELETE', `/people/resources/${ada.person_id}`), true)
  expect((await at.ask('GET', '/sessions/calendar.ics')).text).not.toContain('Lovelace')
})

test('keeps the day of an end that the times do not say, and follows the times where they do', async () => {
  const at = await freshEvent()
  const slot = { session_start_time: '22-00', session_end_time: '02-00' }
  const night = await makeSession(at, slot)
  expect(night.session_end_date).toBe('2027-05-05')
  const camp = await makeSession(at, {
    session_start_time: '10-00',
    session_end_time: '09-00',
    session_end_date: '2027-05-07',
  })
  const path = (one: { session_id: string }) => `/sessions/resources/${one.session_id}`
  const ends = async () => readCalendar((await at.ask('GET', '/sessions/calendar.ics')).text)
  expect((await ends()).get(camp.session_id)?.end).toBe('2027-05-07T07:00:00.000Z')
  const patch = (one: { session_id: string }, session: unknown) =>
    at.ask('PATCH', path(one), { session })
  const moved = await patch(night, { session_date: '2027-05-06', session_end_time: '23-00' })
  expect(moved.body.session_end_date).toBe('2027-05-06')
  const renamed = await patch(camp, { session_name: 'Camp' })
  expect(renamed.body.session_end_date).toBe('2027-05-07')
  for (const [change, field] of [
    [{ session_end_date: null }, 'session.session_end_date'],
    [{ session_end_date: '2027-05-03' }, 'session.session_end_date'],
    [{ session_end_date: '2027-05-19' }, 'session.session_end_date'],
    [{ session_end_date: '2027-05-32' }, 'session.session_end_date'],
    [{ session_end_date: '2027-05-04', session_end_time: '10-00' }, 'session.session_end_time'],
  ] as const) {
    const refused = await patch(camp, change)
    expect([refused.status, refused.body.fields]).toEqual([400, field])
  }
  const body = { session: { ...camp, session_end_date: undefined } }
  expectError(await at.ask('PUT', path(camp), body), 'invalid_time', 'session.session_end_date')
})
