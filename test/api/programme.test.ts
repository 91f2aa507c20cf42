import { expect, test } from 'vitest'
import { makeAttendee } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { jpeg, square } from '#test/support/pictures.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

const published = async () => {
  const at = await freshEvent()
  const event = await at.ask('PATCH', '', { event: { published: true } })
  expect(event.body.published).toBe(true)
  return { ...at, page: `/events/${at.id}/programme` }
}
const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`

test('is there while the event is published, and by its id alone', async () => {
  const at = await freshEvent()
  const page = `/events/${at.id}/programme`
  const event = await at.ask('GET', '')
  expect(event.body.published).toBe(false)
  const unpublished = await call('GET', page)
  expectError(unpublished, 'event_not_found')
  expectError(await call('GET', '/events/evt_nothing/programme'), 'event_not_found')
  await at.ask('PATCH', '', { event: { published: true } })
  const read = await call('GET', page)
  expect([read.status, read.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expectError(await call('GET', `/events/${event.body.short_code}/programme`), 'event_not_found')
  expect((await call('GET', `${page}?utm_source=letter&utm_source=x`)).status).toBe(200)
  await at.ask('PATCH', '', { event: { published: false } })
  expectError(await call('GET', page), 'event_not_found')
  await at.ask('PATCH', '', { event: { published: true } })
  await at.ask('DELETE', '')
  for (const path of ['', '/calendar.ics', '/sessions/ses_x', '/sessions/ses_x/calendar.ics'])
    expectError(await call('GET', page + path), 'event_not_found')
})

test('shows sessions with tracks, rooms and people, and never a draft', async () => {
  const at = await published()
  const shown = await makePerson(at, {
    profile: { first_name: 'Zoë', last_name: 'Müller', company: hostile },
  })
  const room = await at.ask('POST', '/rooms', { room: { room_name: 'Great hall' } })
  const open = await makeSession(at, {
    session_name: hostile,
    session_subtitle: 'On bridges',
    room_id: room.body.room_id,
    speakers: [shown.person_id],
  })
  const draft = await makeSession(at, { session_name: 'Secret talk', session_status: 'DRAFT' })
  await makeSession(at, { session_name: 'Lost talk', session_status: 'CANCELLED' })
  const { text, headers } = await call('GET', at.page)
  for (const part of ['On bridges', 'Great hall', 'Lost talk', 'Cancelled'])
    expect(text).toContain(part)
  expect(text).not.toContain('Secret talk')
  expect(text).not.toContain('<img src=x')
  expect(text).not.toContain('<script>alert')
  expect(headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'sha256-/)
  const one = await call('GET', `${at.page}/sessions/${open.session_id}`)
  expect([one.status, one.text.includes('<img src=x')]).toEqual([200, false])
  for (const path of [`/sessions/${draft.session_id}`, '/sessions/nothing']) {
    expectError(await call('GET', at.page + path), 'session_not_found')
    expectError(await call('GET', `${at.page}${path}/calendar.ics`), 'session_not_found')
  }
  const calendars = ['/calendar.ics', `/sessions/${open.session_id}/calendar.ics`]
  for (const path of calendars) {
    const read = await call('GET', at.page + path)
    expect([read.status, read.text.includes('On bridges')]).toEqual([200, true])
    expect(read.text).not.toContain('Secret talk')
  }
})

test('finds by words, without case and accents', async () => {
  const at = await published()
  await makeSession(at, { session_name: 'Łódź and Köln' })
  await makeSession(at, { session_name: 'Elsewhere' })
  const found = (await call('GET', `${at.page}?q=KOLN`)).text
  expect([found.includes('Köln'), found.includes('Elsewhere')]).toEqual([true, false])
  const none = await call('GET', `${at.page}?q=${encodeURIComponent(hostile)}`)
  expect(none.text).toContain('Nothing in the programme matches.')
  expect(none.text).not.toContain('<img src=x')
  expectError(await call('GET', `${at.page}?q=${'x'.repeat(201)}`), 'invalid_query')
})

test('speaks the language that is liked best, under a tag of its own', async () => {
  const at = await published()
  const as = (language: string, query = '') =>
    call('GET', at.page + query, { headers: { 'accept-language': language } })
  const [german, english] = [await as('fr, en;q=0.3, de-AT;q=0.8'), await as('de;q=0, en')]
  expect([german, english].map(({ headers }) => headers['content-language'])).toEqual(['de', 'en'])
  expect(german.headers.etag).not.toBe(english.headers.etag)
  expect(german.headers.vary).toMatch(/accept-language/i)
  expect((await as('de', '?lang=en')).text).toContain('<html lang="en">')
})

test('keeps its tag while nothing changes, and has another with everything that is shown', async () => {
  const at = await published()
  const { id: person, ask: as } = await makeAttendee(at)
  const { track_id: track } = await makeTrack(at, 'Main')
  const room = (await at.ask('POST', '/rooms', { room: { room_name: 'Hall' } })).body.room_id
  const { person_id: second } = await makePerson(at)
  const wanted = { speakers: [person, second], session_tracks: [track], room_id: room }
  const { session_id: session } = await makeSession(at, wanted)
  const page = `${at.page}/sessions/${session}`
  const tag = async () => (await call('GET', at.page)).headers.etag ?? ''
  const first = await tag()
  expect(await tag()).toBe(first)
  const again = await call('GET', at.page, { headers: { 'if-none-match': first } })
  expect([again.status, again.text]).toEqual([304, ''])
  expect(again.headers['cache-control']).toBe('public, max-age=60')
  const sent = { token: at.token, body: await square(), headers: jpeg }
  const picture = (await call('POST', `/events/${at.id}/resources/pictures`, sent)).body.resource_id
  const profile = (fields: object) => () =>
    at.ask('PATCH', `/people/resources/${person}`, { person: { profile: fields } })
  const steps: Record<string, () => Promise<{ status: number; text: string }>> = {
    name: profile({ last_name: 'Other' }),
    company: profile({ company: 'Werk' }),
    title: profile({ title: 'Director' }),
    everything: profile({ last_name: 'Third', company: 'Hof', title: 'Guest' }),
    picture: profile({ picture_resource_id: picture }),
    'the picture of another': () =>
      at.ask('PATCH', `/people/resources/${second}`, {
        person: { profile: { picture_resource_id: picture } },
      }),
    'no picture': () => at.ask('DELETE', `/resources/pictures/${picture}?force=true`),
    session: () =>
      at.ask('PATCH', `/sessions/resources/${session}`, { session: { session_name: 'B' } }),
    track: () => at.ask('PATCH', `/sessions/tracks/${track}`, { track: { track_name: 'B' } }),
    room: () => at.ask('PATCH', `/rooms/${room}`, { room: { room_name: 'B' } }),
    hidden: () => as('PATCH', '/people/me/profile', { showProfile: false }),
    shown: () => as('PATCH', '/people/me/profile', { showProfile: true }),
    event: () => at.ask('PATCH', '', { event: { name: 'B' } }),
    gone: () => at.ask('DELETE', `/people/resources/${person}`),
  }
  const seen = new Set([first])
  const ownTags = new Set([(await call('GET', page)).headers.etag])
  for (const [what, step] of Object.entries(steps)) {
    const done = await step()
    expect([what, done.status], done.text).toEqual([what, 200])
    const [now, own] = [await tag(), (await call('GET', page)).headers.etag]
    expect([what, seen.has(now), ownTags.has(own)]).toEqual([what, false, false])
    seen.add(now)
    ownTags.add(own)
  }
})

test('has no page of a session that is not there, whatever its name and whatever is known of it', async () => {
  const at = await published()
  const { session_id: session } = await makeSession(at)
  const { etag = '' } = (await call('GET', `${at.page}/sessions/${session}`)).headers
  await at.ask('PATCH', `/sessions/resources/${session}`, { session: { session_status: 'DRAFT' } })
  for (const name of [session, 'ses_aaaaaaaaaaaaaaaaaaaaaaaaaa', 'x'.repeat(2_000), '%00', '..']) {
    const path = `${at.page}/sessions/${encodeURIComponent(name)}`
    const answer = await call('GET', path, { headers: { 'if-none-match': etag } })
    expect([name.slice(0, 40), answer.status]).toEqual([name.slice(0, 40), 404])
  }
})

test('shows one day of a large programme', async () => {
  const at = await published()
  const rows = [...Array(160).keys()].map((n) => ({
    session_name: `Talk ${n}`,
    session_date: n % 2 ? '2027-05-04' : '2027-05-05',
    session_start_time: '10-00',
    session_end_time: '11-00',
  }))
  const made = await at.ask('POST', '/sessions/resources/batch', { rows })
  expect(made.status, made.text).toBe(200)
  const first = (await call('GET', at.page)).text
  expect([first.includes('>Talk 1<'), first.includes('>Talk 2<')]).toEqual([true, false])
  const other = (await call('GET', `${at.page}?day=2027-05-05`)).text
  expect([other.includes('>Talk 1<'), other.includes('>Talk 2<')]).toEqual([false, true])
})
