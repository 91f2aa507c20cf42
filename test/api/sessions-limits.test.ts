import { expect, test } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent } from '#test/support/factories.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { attendeesOf, crowd, makeSession, makeTrack } from '#test/support/sessions.ts'
import { spreadOut } from '#test/support/shards.ts'

test('takes a session in at most fifty tracks', async () => {
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
  expectError(over, 'invalid_body', 'session.session_tracks')
})

type Counted = { track_id: string; track_session_number: number }

test('goes to every other limit of a session but not beyond', async () => {
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
  expectError(large, 'too_large')
})

test('limits a session that a crowd has joined, opens it again, and deletes it with all that counted', async () => {
  const at = await freshEvent()
  const { session_id: id } = await makeSession(at)
  await spreadOut(at, id)
  const people = await crowd(at, 24)
  const join = (person = '') => at.ask('POST', `${attendeesOf(id)}/${person}`)
  const limit = async (capacity: number | null) => {
    const changed = await at.ask('PATCH', `/sessions/resources/${id}`, { session: { capacity } })
    expect(changed.status, changed.text).toBe(200)
  }
  const total = async () => (await at.ask('GET', attendeesOf(id))).body.record_number
  for (const person of people.slice(0, 20)) expect((await join(person)).status).toBe(200)
  const shards = async () =>
    (await rowsMentioning(`#SA#${id}`)).filter(({ sk }) => sk.includes('.'))
  expect((await shards()).some(({ ct }) => Number(ct) > 0)).toBe(true)
  await limit(21)
  expect(await shards()).toEqual([])
  expect((await join(people[20])).status).toBe(200)
  expect((await join(people[21])).error).toBe('session_full')
  await limit(null)
  await spreadOut(at, id)
  for (const person of people.slice(21)) expect((await join(person)).status).toBe(200)
  expect(await total()).toBe(24)
  expect((await at.ask('DELETE', `/sessions/resources/${id}`)).status).toBe(200)
  expect(await rowsMentioning(`#SA#${id}`)).toEqual([])
})
