import { expect, test } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makeGroup, makePerson } from '#test/support/factories.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

const people = '/people/resources'

test.each(['email=a@example.org', 'ids[]=x', 'limt=1', 'Limit=1', 'Limit='])(
  'refuses ?%s by name and lists what it knows',
  async (query) => {
    const at = await freshEvent()
    const reply = await at.ask('GET', `${people}?${query}`)
    expectError(reply, 'invalid_query', query.split('=')[0])
    const known = 'ids, emails, groups, q, limit, offset, cursor, timestamp_format'
    expect(reply.body.message).toContain(known)
  },
)

test('refuses an unknown parameter of a write before anything happens', async () => {
  const at = await freshEvent()
  const path = `${people}/${(await makePerson(at)).person_id}`
  expect((await at.ask('DELETE', `${path}?Erase=true`)).body.fields).toBe('Erase')
  expect((await at.ask('GET', path)).status).toBe(200)
})

test('takes an empty parameter as absent', async () => {
  const at = await freshEvent()
  await makePerson(at)
  const reply = await at.ask('GET', `${people}?limit=&ids=&timestamp_format=&cursor=`)
  expect([reply.status, reply.body.record_number]).toEqual([200, 1])
})

test('finds nothing for blank items alone, and passes over them beside others', async () => {
  const at = await freshEvent()
  const { person_id } = await makePerson(at)
  for (const filter of ['ids=,', 'ids=%20', 'emails=,%09', 'groups=%20']) {
    const reply = await at.ask('GET', `${people}?${filter}`)
    expect([filter, reply.status, reply.body.record_number]).toEqual([filter, 200, 0])
  }
  expect((await at.ask('GET', `${people}?ids=,${person_id},`)).body.record_number).toBe(1)
  await makeSession(at)
  expect((await at.ask('GET', '/sessions/resources?tracks=,')).body.record_number).toBe(0)
})

test('says of a day that is none that there is no such day', async () => {
  const at = await freshEvent()
  const reply = await at.ask('GET', '/sessions/resources?date=2027-02-30')
  expectError(reply, 'invalid_query', 'date')
  expect(reply.body.message).toContain('2027-02-30')
})

test('takes an offset at its limit and refuses one more', async () => {
  const at = await freshEvent()
  const most = limits.offset.value
  expect((await at.ask('GET', `${people}?offset=${most}`)).body.people_list).toEqual([])
  expect((await at.ask('GET', `${people}?offset=${most + 1}`)).body.fields).toBe('offset')
})

test('splits a comma list before it decodes an item', async () => {
  const at = await freshEvent()
  const external_ids = [{ id_system: 'crm', id: 'a,b c' }]
  const one = await makePerson(at, { external_ids })
  const two = await makePerson(at)
  const filter = `ids=a%2Cb+c,${two.person_id}`
  const reply = await at.ask('GET', `${people}?${filter}`, undefined, { ext_id_system: 'crm' })
  const found = reply.body.people_list.map((person: { person_id: string }) => person.person_id)
  expect(found.sort()).toEqual(['a,b c', two.person_id].sort())
  expect((await at.ask('GET', `${people}?ids=${one.person_id}`)).body.record_number).toBe(1)
})

test('leads through lists in objects by next_cursor, which is null at the end', async () => {
  const at = await freshEvent()
  const made = [await makePerson(at), await makePerson(at), await makePerson(at)]
  const track = await makeTrack(at, 'Research')
  const session = await makeSession(at, { session_tracks: [track.track_id] })
  await makeSession(at, { session_tracks: [track.track_id] })
  const attendees = `/sessions/resources/${session.session_id}/attendees`
  for (const { person_id } of made) await at.ask('POST', `${attendees}/${person_id}`)
  const lists = [
    people,
    '/sessions/resources',
    `/sessions/tracks/${track.track_id}/list`,
    attendees,
  ]
  for (const path of lists) {
    const all = (await at.ask('GET', path)).body
    expect(all.next_cursor, path).toBeNull()
    const name = Object.keys(all).find((key) => key.endsWith('_list')) ?? ''
    const first = await at.ask('GET', `${path}?limit=1`)
    expect(first.headers.link).toContain(first.body.next_cursor)
    const rest = await at.ask('GET', `${path}?cursor=${first.body.next_cursor}`)
    const ids = (rows: Record<string, unknown>[]) =>
      rows.map((row) => row.person_id ?? row.session_id)
    expect(ids([...first.body[name], ...rest.body[name]])).toEqual(ids(all[name]))
    expect(rest.body.next_cursor).toBeNull()
  }
})

test.each([people, '/people/groups', '/sessions/resources'])(
  'answers 304 for the list %s until it changes',
  async (path) => {
    const at = await freshEvent()
    const add = async () =>
      path === people
        ? makePerson(at)
        : path === '/people/groups'
          ? makeGroup(at, 'Press')
          : makeSession(at)
    const { etag = '' } = (await at.ask('GET', `${path}?limit=1`)).headers
    const ask = () => at.ask('GET', `${path}?limit=1`, undefined, { 'if-none-match': etag })
    expect((await ask()).status).toBe(304)
    await add()
    expect((await ask()).status).toBe(200)
  },
)
