import { expect, test } from 'vitest'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { makeSession, makeTrack, withoutTimes } from '#test/support/sessions.ts'

test('names the entry of a body that is not there, not of this event, or not a role', async () => {
  const at = await freshEvent()
  const other = await freshEvent()
  const [mine, foreign] = [await makePerson(at), await makePerson(other)]
  const foreignTrack = await makeTrack(other, 'Theirs')
  const role = (fields: object) => ({ session_roles: [fields] })
  const cases: [object, string][] = [
    [{ speakers: [mine.person_id, foreign.person_id] }, 'session.speakers[1]'],
    [{ session_tracks: [foreignTrack.track_id] }, 'session.session_tracks[0]'],
    [
      role({ session_role_id: 'rol_speaker', people_list: [foreign.person_id] }),
      'session.session_roles[0].people_list[0]',
    ],
    [
      role({ session_role_name: 'Chair', people_list: [] }),
      'session.session_roles[0].session_role_name',
    ],
    [role({ people_list: [] }), 'session.session_roles[0].session_role_id'],
    [
      role({
        session_role_id: 'rol_speaker',
        session_role_name: 'Moderator',
        people_list: [mine.person_id],
      }),
      'session.session_roles[0].session_role_name',
    ],
    [{ session_end_time: '09-00' }, 'session.session_end_time'],
    [{ session_start_time: '25-00' }, 'session.session_start_time'],
    [{ session_date: '2027-02-30' }, 'session.session_date'],
    [{ capacity: 0 }, 'session.capacity'],
    [{ capacity: 1.5 }, 'session.capacity'],
    [{ session_format: 'PARTY' }, 'session.session_format'],
    [
      { external_links: [{ link_url: 'javascript:alert(1)' }] },
      'session.external_links[0].link_url',
    ],
    [{ custom_fields_meta: { nothing: 'x' } }, 'session.custom_fields_meta.nothing'],
    [{ colour: 'red' }, 'session.colour'],
    [{ session_id: 'ses_aaaaaaaaaaaaaaaaaaaaaaaaaa' }, 'session.session_id'],
  ]
  for (const [fields, named] of cases) {
    const refused = await at.ask('POST', '/sessions/resources', { session: { ...slot, ...fields } })
    expect(refused.status, named).toBe(400)
    expect(refused.body.fields).toBe(named)
  }
  expect((await at.ask('GET', '/sessions')).body.session_number).toBe(0)
})

const slot = {
  session_name: 'Keynote',
  session_date: '2027-05-04',
  session_start_time: '09-00',
  session_end_time: '10-00',
}

test('refuses times that the clocks skip, but reads those that a change of zone made so', async () => {
  const at = await freshEvent()
  const gap = { ...slot, session_date: '2027-03-28', session_start_time: '02-30' }
  const start = await at.ask('POST', '/sessions/resources', {
    session: { ...gap, session_end_time: '04-00' },
  })
  expectError(start, 'invalid_time', 'session.session_start_time')
  const end = await at.ask('POST', '/sessions/resources', {
    session: {
      ...slot,
      session_date: '2027-03-27',
      session_start_time: '23-00',
      session_end_time: '02-15',
    },
  })
  expectError(end, 'invalid_time', 'session.session_end_time')
  const zone = (time_zone_tz: string) =>
    at.ask('PATCH', '', { event: { event_dates: { time_zone_tz } } })
  await zone('UTC')
  const made = await makeSession(at, { ...gap, session_end_time: '02-45' })
  await zone('Europe/Berlin')
  const path = `/sessions/resources/${made.session_id}`
  const read = await at.ask('GET', path)
  expect(read.body.session_start_time).toBe('02-30')
  expect((await at.ask('PUT', path, read.body)).status).toBe(200)
  const calendar = await at.ask('GET', '/sessions/calendar.ics')
  expect(calendar.text).toContain('DTSTART;TZID=Europe/Berlin:20270328T033000')
  const late = await makeSession(at, { session_start_time: '23-00', session_end_time: '01-00' })
  expect(late.session_end_time).toBe('01-00')
})

test('keeps track names unique through every way to change them', async () => {
  const at = await freshEvent()
  const track = await makeTrack(at, 'Research', { track_color: '#00695C' })
  const twice = await at.ask('POST', '/sessions/tracks', { track: { track_name: ' RESEARCH ' } })
  expectError(twice, 'duplicate_name', 'track.track_name')
  const starts = ['11-00', '09-00', '10-00']
  for (const session_start_time of starts) {
    await makeSession(at, {
      session_start_time,
      session_end_time: '12-00',
      session_tracks: [track.track_id],
    })
  }
  const path = `/sessions/tracks/${track.track_id}`
  const list = await at.ask('GET', `${path}/list?limit=2`)
  expect(list.body).toMatchObject({ track_id: track.track_id, record_number: 3 })
  const printed = ({ session_start_time }: { session_start_time: string }) => session_start_time
  expect(list.body.session_list.map(printed)).toEqual(['09-00', '10-00'])
  const next = /\/events\/[^/]+([^>]+)>/.exec(list.headers.link ?? '')?.[1] ?? ''
  expect((await at.ask('GET', next)).body.session_list.map(printed)).toEqual(['11-00'])
  const earliest = list.body.session_list[0].session_id
  await at.ask('PATCH', `/sessions/resources/${earliest}`, {
    session: { session_start_time: '11-30' },
  })
  const moved = await at.ask('GET', `${path}/list`)
  expect(moved.body.session_list.map(printed)).toEqual(['10-00', '11-00', '11-30'])
  const read = await at.ask('GET', path)
  expect(read.body.track_session_number).toBe(3)
  const put = await at.ask('PUT', path, read.body, { 'if-match': read.headers.etag ?? '' })
  expect(withoutTimes(put.body)).toEqual(withoutTimes(read.body))
  const patched = await at.ask('PATCH', path, {
    track: { track_name: 'research', track_color: null },
  })
  expect(patched.body).toMatchObject({ track_name: 'research', track_color: '#78909C' })
  expectError(await at.ask('GET', '/sessions/tracks/trk_x'), 'track_not_found')
})
