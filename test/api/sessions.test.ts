import { expect, test } from 'vitest'
import { freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { asRole, makeSession, makeTrack, withoutTimes } from '#test/support/sessions.ts'

const slot = {
  session_name: 'Keynote',
  session_date: '2027-05-04',
  session_start_time: '09-00',
  session_end_time: '10-00',
}

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
