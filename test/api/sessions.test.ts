import { expect, test } from 'vitest'
import { rightBefore } from '#test/support/crashes.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { asRole, makeSession, makeTrack, withoutTimes } from '#test/support/sessions.ts'

test('takes back a session with everything as GET gave it', async () => {
  const at = await freshEvent()
  const [ada, grace] = [await makePerson(at), await makePerson(at)]
  const track = await makeTrack(at, 'Research')
  const field = await at.ask('POST', '/sessions/custom_fields', { field_name: 'Level' })
  const made = await makeSession(at, {
    external_ids: [{ id_system: 'crm', id: 's1' }],
    session_description: '<p onclick="x()">Hello <script>alert(1)</script><b>world</b></p>',
    session_start_time: '09:00',
    session_end_time: '10-30',
    speakers: [grace.person_id, ada.person_id],
    session_tracks: [track.track_id],
    external_links: [{ link_name: 'Slides', link_url: 'https://example.com/slides' }],
    docs: ['d1'],
    session_format: 'WORKSHOP',
    location: 'Hall 1',
    capacity: 20,
    custom_fields_meta: { [field.body.custom_field_id]: 'advanced' },
  })
  expect(made).toMatchObject({
    session_description: '<p>Hello <b>world</b></p>',
    session_date: '2027-05-04',
    session_start_time: '09-00',
    session_end_time: '10-30',
    session_tracks: [track.track_id],
    session_roles: [
      {
        session_role_id: 'rol_speaker',
        session_role_name: 'Speaker',
        people_list: [grace.person_id, ada.person_id],
      },
    ],
    capacity: 20,
    custom_fields_meta: { [field.body.custom_field_id]: 'advanced' },
  })
  await makeSession(at, { session_date: '2027-05-05' })
  for (const query of [
    `ids=${made.session_id},ses_unknown`,
    `tracks=${track.track_id}`,
    'date=2027-05-04',
    `date=2027-05-04&tracks=${track.track_id}&ids=${made.session_id}`,
  ]) {
    const list = await at.ask('GET', `/sessions/resources?${query}`)
    expect(list.body.record_number, query).toBe(1)
    expect(list.body.session_list[0].session_id).toBe(made.session_id)
    expect(list.body.query_string).toBe(`${query}&offset=0&limit=20`)
  }
  const path = `/sessions/resources/${made.session_id}`
  const read = await at.ask('GET', path)
  const put = await at.ask('PUT', path, read.body, { 'if-match': read.headers.etag ?? '' })
  expect(put.status, put.text).toBe(200)
  expect(withoutTimes(put.body)).toEqual(withoutTimes(read.body))
  const person = await at.ask('GET', `/people/resources/${ada.person_id}`)
  expect(person.body.agenda.sessions).toEqual([
    { session_id: made.session_id, session_roles: ['rol_speaker'] },
  ])
  expect(person.body.groups.map(({ group_name }: { group_name: string }) => group_name)).toEqual([
    'Speakers',
  ])
})

test('speaks the ids of another system, both ways', async () => {
  const at = await freshEvent()
  const system = { ext_id_system: 'crm' }
  await makePerson(at, { external_ids: [{ id_system: 'crm', id: 'p1' }] })
  const track = await at.ask('PUT', '/sessions/tracks/t1', { track_name: 'Research' }, system)
  expect(track.status, track.text).toBe(200)
  const body = {
    session_name: 'Keynote',
    session_date: '2027-05-04',
    session_start_time: '09-00',
    session_end_time: '10-00',
    session_tracks: ['t1'],
    session_roles: [{ session_role_name: 'Moderator', people_list: ['p1'] }],
  }
  const put = await at.ask('PUT', '/sessions/resources/s1', { session: body }, system)
  expect(put.status, put.text).toBe(200)
  expect(put.body).toMatchObject({ session_id: 's1', session_tracks: ['t1'] })
  expect(put.body.session_roles[0].people_list).toEqual(['p1'])
  const read = await at.ask('GET', '/sessions/resources/s1', undefined, system)
  const again = await at.ask('PUT', '/sessions/resources/s1', read.body, system)
  expect(withoutTimes(again.body)).toEqual(withoutTimes(read.body))
  const overview = await at.ask('GET', '/sessions', undefined, system)
  expect(overview.body).toMatchObject({ session_number: 1, track_number: 1 })
  expect(overview.body.tracks[0]).toMatchObject({ group_id: 't1', group_type: 'custom' })
  expect(overview.body.sessions_roles[1][0]).toMatchObject({
    session_role_id: 'rol_moderator',
    people_list: ['p1'],
  })
  const own = await at.ask('GET', '/sessions/resources/s1')
  expect(own.status).toBe(404)
})

test('replaces only those relations that a body names', async () => {
  const at = await freshEvent()
  const [a, b, c] = await Promise.all([1, 2, 3].map(() => makePerson(at)))
  const [one, two] = [await makeTrack(at, 'One'), await makeTrack(at, 'Two')]
  const made = await makeSession(at, {
    session_roles: [
      { session_role_id: 'rol_speaker', people_list: [a.person_id, b.person_id] },
      { session_role_name: 'moderator', people_list: [c.person_id] },
    ],
    session_tracks: [one.track_id, two.track_id],
  })
  const path = `/sessions/resources/${made.session_id}`
  const named = await at.ask('PATCH', path, { session: { session_name: 'Other' } })
  expect(named.body.session_roles).toEqual(made.session_roles)
  const times = {
    session_date: '2027-05-04',
    session_start_time: '09-00',
    session_end_time: '10-00',
  }
  const put = await at.ask('PUT', path, { session: { session_name: 'Third', ...times } })
  expect(put.body.session_roles).toEqual(made.session_roles)
  expect(put.body.session_tracks).toEqual([one.track_id, two.track_id])
  const spoken = await at.ask('PATCH', path, {
    session: { speakers: [c.person_id, a.person_id], session_tracks: [two.track_id, one.track_id] },
  })
  expect(spoken.body.session_tracks).toEqual([two.track_id, one.track_id])
  expect(spoken.body.session_roles).toEqual([
    expect.objectContaining({ people_list: [c.person_id, a.person_id] }),
    expect.objectContaining({ people_list: [c.person_id] }),
  ])
  const united = await at.ask('PATCH', path, {
    session: {
      speakers: [b.person_id],
      session_roles: [{ session_role_id: 'rol_speaker', people_list: [a.person_id] }],
    },
  })
  expect(united.body.session_roles).toEqual([
    expect.objectContaining({ people_list: [a.person_id, b.person_id] }),
  ])
  const none = await at.ask('PATCH', path, {
    session: { session_roles: null, session_tracks: null },
  })
  expect(none.body).toMatchObject({ session_roles: [], session_tracks: [] })
  const tracks = await at.ask('GET', '/sessions/tracks')
  expect(
    tracks.body.map((track: { track_session_number: number }) => track.track_session_number),
  ).toEqual([0, 0])
  expect((await at.ask('GET', '/people/groups/Speakers')).body.member_number).toBe(0)
})

test('moves a speaker from one session to another in one agenda', async () => {
  const at = await freshEvent()
  const person = await makePerson(at)
  const first = await makeSession(at, { speakers: [person.person_id] })
  const second = await makeSession(at)
  const path = `/people/resources/${person.person_id}`
  const sessions = [{ session_id: second.session_id, session_roles: ['Speaker'] }]
  const moved = await at.ask('PATCH', path, { person: { assign_agenda: { sessions } } })
  expect(moved.status, moved.text).toBe(200)
  const left = await at.ask('GET', `/sessions/resources/${first.session_id}`)
  expect(left.body.session_roles).toEqual([])
  expect((await at.ask('GET', '/people/groups/Speakers')).body.member_number).toBe(1)
})

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

test('makes what is deleted vanish from every answer at once', async () => {
  const at = await freshEvent()
  const people = await Promise.all([...Array(4)].map(() => makePerson(at)))
  const track = await makeTrack(at, 'Research')
  const fields = {
    speakers: people.map(({ person_id }) => person_id),
    session_tracks: [track.track_id],
  }
  const [gone, stays] = [await makeSession(at, fields), await makeSession(at, fields)]
  const first = people[0]?.person_id
  await at.ask('POST', `/sessions/resources/${gone.session_id}/attendees/${first}`)
  const deleted = await at.ask('DELETE', `/sessions/resources/${gone.session_id}`)
  expect(deleted.status, deleted.text).toBe(200)
  expect(deleted.body.session_id).toBe(gone.session_id)
  const seen = async () => {
    const overview = await at.ask('GET', '/sessions')
    const list = await at.ask('GET', '/sessions/resources')
    const ofTrack = await at.ask('GET', `/sessions/tracks/${track.track_id}/list`)
    const counted = await at.ask('GET', `/sessions/tracks/${track.track_id}`)
    const person = await at.ask('GET', `/people/resources/${first}`)
    return {
      counted: counted.body.track_session_number,
      sessions: overview.body.session_number,
      inTrack: overview.body.tracks[0]?.member_number,
      listed: list.body.record_number,
      ofTrack: ofTrack.body.record_number,
      agenda: person.body.agenda.sessions.length,
    }
  }
  const expected = { counted: 1, sessions: 1, inTrack: 1, listed: 1, ofTrack: 1, agenda: 1 }
  expect(await seen()).toEqual(expected)
  expect((await at.ask('GET', `/sessions/resources/${gone.session_id}`)).status).toBe(404)
  const late = await at.ask('POST', `/sessions/resources/${gone.session_id}/attendees/${first}`)
  expectError(late, 'session_not_found')
  await runAllJobs()
  expect(await seen()).toEqual(expected)
  expect((await at.ask('DELETE', `/people/resources/${first}`)).status).toBe(200)
  const left = await at.ask('GET', `/sessions/resources/${stays.session_id}`)
  expect(left.body.session_roles[0].people_list).toEqual(
    people.slice(1).map(({ person_id }) => person_id),
  )
  expect((await at.ask('DELETE', `/sessions/tracks/${track.track_id}`)).status).toBe(200)
  const untracked = await at.ask('GET', `/sessions/resources/${stays.session_id}`)
  expect(untracked.body.session_tracks).toEqual([])
  const back = await at.ask('PUT', `/sessions/resources/${stays.session_id}`, untracked.body)
  expect(back.status, back.text).toBe(200)
  await runAllJobs()
  const overview = await at.ask('GET', '/sessions')
  expect(overview.body).toMatchObject({ session_number: 1, track_number: 0, tracks: [] })
})

test('lists each session once in order of start, by offset or cursor', async () => {
  const at = await freshEvent()
  const slots = [...Array(35).keys()].map((n) => ({
    session_date: `2027-05-${String(1 + (n % 4)).padStart(2, '0')}`,
    session_start_time: `${String(8 + ((n * 7) % 5)).padStart(2, '0')}-00`,
    session_end_time: '18-00',
  }))
  const made = await Promise.all(slots.map((fields) => makeSession(at, fields)))
  const place = (one: Listed) => `${one.session_date}T${one.session_start_time}#${one.session_id}`
  const expected = made.map(place).sort()
  const byOffset: string[] = []
  for (let offset = 0; offset < 40; offset += 8) {
    const page = await at.ask('GET', `/sessions/resources?limit=8&offset=${offset}`)
    expect(page.body.record_number).toBe(35)
    byOffset.push(...page.body.session_list.map(place))
  }
  expect(byOffset).toEqual(expected)
  const walk = async (start: string) => {
    const seen: string[] = []
    for (let path: string | undefined = start; path; ) {
      const page = await at.ask('GET', path)
      seen.push(...page.body.session_list.map(place))
      path = /\/events\/[^/]+([^>]+)>/.exec(page.headers.link ?? '')?.[1]
    }
    return seen
  }
  expect(await walk('/sessions/resources?limit=8')).toEqual(expected)
  const day = expected.filter((one) => one.startsWith('2027-05-02'))
  expect(await walk('/sessions/resources?limit=2&date=2027-05-02')).toEqual(day)
  const second = await at.ask('GET', '/sessions/resources?limit=3&offset=3&date=2027-05-02')
  expect(second.body.session_list.map(place)).toEqual(day.slice(3, 6))
  const moved = made[0]
  await at.ask('PATCH', `/sessions/resources/${moved.session_id}`, {
    session: { session_date: '2027-06-01' },
  })
  const last = await at.ask('GET', '/sessions/resources?limit=1&offset=34')
  expect(last.body.session_list[0].session_id).toBe(moved.session_id)
  const bad = await at.ask(
    'GET',
    `/sessions/resources?cursor=${Buffer.from('x').toString('base64url')}`,
  )
  expectError(bad, 'invalid_cursor')
})

test('walks on over a session that vanishes while its page is being read', async () => {
  const at = await freshEvent()
  const made = await Promise.all([...Array(6)].map(() => makeSession(at)))
  const ids = made.map(({ session_id }): string => session_id).toSorted()
  const [first = ''] = ids
  rightBefore(first, () => at.ask('DELETE', `/sessions/resources/${first}`), 'RequestItems')
  const page = await at.ask('GET', '/sessions/resources?limit=2')
  expect(page.body.session_list.map(({ session_id }: Listed) => session_id)).toEqual([ids[1]])
  const next = /\/events\/[^/]+([^>]+)>/.exec(page.headers.link ?? '')?.[1] ?? ''
  const rest = await at.ask('GET', next.replace('limit=2', 'limit=9'))
  expect(rest.body.session_list.map(({ session_id }: Listed) => session_id)).toEqual(ids.slice(2))
})

type Listed = { session_id: string; session_date: string; session_start_time: string }

test('writes a session of more relations than one transaction holds once for one key, whoever asks', async () => {
  const at = await freshEvent()
  const crew = await Promise.all([...Array(120)].map(() => makePerson(at)))
  const ids = crew.map(({ person_id }) => person_id)
  const made = await makeSession(at, { speakers: ids }, { 'idempotency-key': 'many' })
  expect(made.session_roles[0].people_list).toEqual(ids)
  const path = `/sessions/resources/${made.session_id}`
  const read = await at.ask('GET', path)
  expect(withoutTimes(read.body)).toEqual(withoutTimes(made))
  expect((await at.ask('GET', '/sessions')).body.session_number).toBe(1)
  expect((await at.ask('GET', '/people/groups/Speakers')).body.member_number).toBe(120)
  const body = { session: { ...slot, speakers: ids } }
  const key = { 'idempotency-key': 'many' }
  const again = await at.ask('POST', '/sessions/resources', body, key)
  expect(again.headers['idempotency-replayed']).toBe('true')
  const twins = await Promise.all(
    [...Array(4)].map(() =>
      at.ask('POST', '/sessions/resources', body, { 'idempotency-key': 'twins' }),
    ),
  )
  expect(twins.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const [twin, ...others] = new Set(twins.map(({ body: made }) => made.session_id))
  expect(others).toEqual([])
  expect((await at.ask('GET', '/sessions')).body.session_number).toBe(2)
  expect((await at.ask('DELETE', `/sessions/resources/${twin}`)).status).toBe(200)
  const half = [...ids.slice(60)].reverse()
  const moderated = [{ session_role_name: 'Moderator', people_list: half }]
  const changed = await at.ask('PATCH', path, { session: { session_roles: moderated } })
  expect(changed.body.session_roles).toEqual([
    expect.objectContaining({ session_role_id: 'rol_moderator', people_list: half }),
  ])
  expect(withoutTimes((await at.ask('GET', path)).body)).toEqual(withoutTimes(changed.body))
  expect((await at.ask('GET', '/people/groups/Speakers')).body.member_number).toBe(0)
  expect((await at.ask('DELETE', path)).status).toBe(200)
  await runAllJobs()
  const overview = await at.ask('GET', '/sessions')
  expect(
    overview.body.sessions_roles.flat().flatMap(({ people_list }: Role) => people_list),
  ).toEqual([])
  const person = await at.ask('GET', `/people/resources/${ids[119]}`)
  expect(person.body.agenda.sessions).toEqual([])
})

type Role = { people_list: string[] }

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
  const printed = ({ session_start_time }: Listed) => session_start_time
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

test('lets staff seat people but not write sessions', async () => {
  const at = await freshEvent()
  const [person, session] = [await makePerson(at), await makeSession(at)]
  const staff = await asRole(at, 'event_staff')
  const seat = `/sessions/resources/${session.session_id}/attendees/${person.person_id}`
  expect((await staff('POST', seat)).status).toBe(200)
  expect((await staff('GET', `/sessions/resources/${session.session_id}/attendees`)).status).toBe(
    200,
  )
  expect((await staff('DELETE', seat)).status).toBe(200)
  const written = await staff('PATCH', `/sessions/resources/${session.session_id}`, {
    session: { session_name: 'Mine' },
  })
  expect(written.status).toBe(403)
})
