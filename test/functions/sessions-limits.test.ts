import { expect, test } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import { freshEvent, makePerson } from '#test/support/make.ts'
import { makeSession, makeTrack, withoutTimes } from '#test/support/sessions.ts'

test('takes a thousand people with a role in a session, and not one more from either side', async () => {
  const at = await freshEvent()
  const most = limits.sessionRolePeople.value
  const people: string[] = []
  for (let n = 0; n <= most; n += 77) {
    const some = await Promise.all([...Array(Math.min(77, most + 1 - n))].map(() => makePerson(at)))
    people.push(...some.map(({ person_id }) => person_id))
  }
  const last = people[most] ?? ''
  const speakers = people.slice(0, most)
  const slot = {
    session_date: '2027-05-04',
    session_start_time: '09-00',
    session_end_time: '10-00',
  }
  const tooMany = await at.ask('POST', '/sessions/resources', {
    session: {
      session_name: 'S',
      ...slot,
      speakers,
      session_roles: [{ session_role_name: 'Moderator', people_list: [last] }],
    },
  })
  expect(tooMany.body).toMatchObject({ code: 4000002, fields: 'session.session_roles' })
  const longer = await at.ask('POST', '/sessions/resources', {
    session: { session_name: 'S', ...slot, speakers: people },
  })
  expect(longer.body).toMatchObject({ code: 4000002, fields: 'session.speakers' })
  const made = await makeSession(at, { speakers })
  const path = `/sessions/resources/${made.session_id}`
  expect(made.session_roles[0].people_list).toEqual(speakers)
  expect((await at.ask('GET', '/people/groups/Speakers')).body.member_number).toBe(most)
  const sessions = [{ session_id: made.session_id, session_roles: ['Moderator'] }]
  const agenda = { person: { assign_agenda: { sessions } } }
  const refused = await at.ask('PATCH', `/people/resources/${last}`, agenda)
  expect(refused.body.code).toBe(4090019)
  const read = await at.ask('GET', path)
  const put = await at.ask('PUT', path, read.body)
  expect(withoutTimes(put.body)).toEqual(withoutTimes(read.body))
  const turned = [{ session_role_name: 'Moderator', people_list: people.slice(1) }]
  const changed = await at.ask('PATCH', path, { session: { session_roles: turned } })
  expect(changed.body.session_roles).toEqual([
    expect.objectContaining({ people_list: people.slice(1) }),
  ])
  expect((await at.ask('GET', '/people/groups/Speakers')).body.member_number).toBe(0)
})

test('takes fifty tracks, moves a session in all of them, and refuses the fifty-first', async () => {
  const at = await freshEvent()
  const most = limits.sessionTracks.value
  const tracks = await Promise.all(
    [...Array(most + 1).keys()].map((n) => makeTrack(at, `Track ${n}`)),
  )
  const ids = tracks.map(({ track_id }) => track_id)
  const all = ids.slice(0, most)
  const made = await makeSession(at, { session_tracks: all, capacity: 3 })
  expect(made.session_tracks).toEqual(all)
  const path = `/sessions/resources/${made.session_id}`
  const moved = await at.ask('PATCH', path, {
    session: { session_date: '2027-05-05', session_start_time: '08-00', capacity: null },
  })
  expect(moved.status, moved.text).toBe(200)
  const list = await at.ask('GET', `/sessions/tracks/${ids[7]}/list`)
  expect(list.body.session_list[0]).toMatchObject({ session_start_time: '08-00' })
  const turned = [...ids.slice(1)].reverse()
  const changed = await at.ask('PATCH', path, { session: { session_tracks: turned } })
  expect(changed.body.session_tracks).toEqual(turned)
  const counts = (await at.ask('GET', '/sessions/tracks')).body as Counted[]
  const number = (id: string) =>
    counts.find(({ track_id }) => track_id === id)?.track_session_number
  expect([number(ids[0]), number(ids[most])]).toEqual([0, 1])
  const over = await at.ask('PATCH', path, { session: { session_tracks: ids } })
  expect(over.body).toMatchObject({ code: 4000002, fields: 'session.session_tracks' })
})

type Counted = { track_id: string; track_session_number: number }

test('goes to every other limit of a session and refuses one over it', async () => {
  const at = await freshEvent()
  const text = (count: number) => 'x'.repeat(count)
  const links = (count: number) => Array(count).fill({ link_url: 'https://example.com/' })
  const docs = (count: number) => [...Array(count).keys()].map(String)
  const cases: [string, (most: number) => object, number][] = [
    ['session_name', (n) => ({ session_name: text(n) }), limits.nameLength.value],
    [
      'session_description',
      (n) => ({ session_description: text(n) }),
      limits.descriptionLength.value,
    ],
    ['location', (n) => ({ location: text(n) }), limits.locationLength.value],
    ['external_links', (n) => ({ external_links: links(n) }), limits.externalLinks.value],
    ['docs', (n) => ({ docs: docs(n) }), limits.linkDocs.value],
    ['capacity', (n) => ({ capacity: n }), limits.sessionCapacity.value],
  ]
  const { session_id } = await makeSession(at)
  const path = `/sessions/resources/${session_id}`
  for (const [field, fields, most] of cases) {
    const taken = await at.ask('PATCH', path, { session: fields(most) })
    expect(taken.status, field).toBe(200)
    const over = await at.ask('PATCH', path, { session: fields(most + 1) })
    expect([over.status, over.body.fields]).toEqual([400, `session.${field}`])
  }
  const heavy = '\u{1F3A4}'.repeat(limits.descriptionLength.value)
  const large = await at.ask('PATCH', path, { session: { session_description: heavy } })
  expect(large.body.code).toBe(4000014)
})
