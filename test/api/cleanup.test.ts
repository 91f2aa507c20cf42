import { expect, test } from 'vitest'
import { mostOnEvent } from '#lib/store/deleting.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { crashAfter, restart } from '#test/support/crashes.ts'
import { freshEvent, makeGroup, makePerson, runAllJobs } from '#test/support/factories.ts'
import { inject } from '#test/support/faults.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { makeSession } from '#test/support/sessions.ts'

const write = 'TransactWriteItemsCommand'
const killed = () => new Error('killed')

const members = (people: { person_id: string }[]) => ({
  group_members: people.map(({ person_id }) => ({ member_id: person_id })),
})

test('a deleted group leaves no trace, wherever its clean-up is killed', async () => {
  const { runJobs: sweep } = await import('#lib/store/jobs/runner.ts')
  const at = await freshEvent()
  const people = await Promise.all([...Array(100)].map(() => makePerson(at)))
  for (let kill = 0; kill < 4; kill += 1) {
    const group = await makeGroup(at, `Crew ${kill}`, members(people))
    expect(group.member_number).toBe(100)
    expect((await at.ask('DELETE', `/people/groups/${group.group_id}`)).status).toBe(200)
    // The worker dies after its first, second, third write.
    const later = inject({ command: write, when: 'after', times: kill, error: killed })
    await sweep(Date.now() + 10_000).catch(() => undefined)
    later.end()
    await runAllJobs()
    expect(await rowsMentioning(group.group_id)).toEqual([])
  }
  expect((await at.ask('GET', '/people')).body).toMatchObject({
    people_number: 100,
    group_number: 2,
  })
})

test('a person of more groups than one transaction holds vanishes wholly', async () => {
  const at = await freshEvent()
  const groups = await Promise.all([...Array(60).keys()].map((n) => makeGroup(at, `G${n}`)))
  const ids = groups.map(({ group_id }) => group_id)
  const ada = await makePerson(at, {
    profile: { first_name: 'Ada', email_address: 'ada@example.com' },
    assign_groups: ids,
  })
  expect(ada.groups).toHaveLength(60)
  const path = `/people/resources/${ada.person_id}`
  const fewer = await at.ask('PATCH', path, { person: { assign_groups: ids.slice(0, 50) } })
  expect(fewer.body.groups).toHaveLength(50)
  expect((await at.ask('GET', `/people/groups/${ids[55]}`)).body.member_number).toBe(0)
  expect((await at.ask('DELETE', path)).status).toBe(200)
  expect((await at.ask('GET', path)).status).toBe(404)
  expect((await at.ask('GET', `/people/groups/${ids[0]}`)).body.member_number).toBe(0)
  expect(
    (await at.ask('GET', '/people/groups')).body.every(
      ({ member_number }: { member_number: number }) => member_number === 0,
    ),
  ).toBe(true)
  expect((await at.ask('GET', `/people/groups/${ids[0]}/members`)).body).toEqual([])
  expect((await at.ask('GET', '/people/resources')).body.record_number).toBe(0)
  expect((await at.ask('GET', '/people')).body.people_number).toBe(0)
  await makePerson(at, { profile: { first_name: 'Ada', email_address: 'ada@example.com' } })
  await runAllJobs()
  expect(await rowsMentioning(ada.person_id)).toEqual([])
  expect((await at.ask('GET', '/people')).body.people_number).toBe(1)
})

test('a deleted event leaves no trace', async () => {
  const at = await freshEvent()
  const people = await Promise.all(
    [...Array(20).keys()].map((n) =>
      makePerson(at, {
        profile: { first_name: 'P', email_address: `p${n}@example.com` },
        external_ids: [{ id_system: 'crm', id: `${n}` }],
      }),
    ),
  )
  await makeGroup(at, 'Crew', members(people))
  await at.ask('POST', '/people/custom_fields', { field_name: 'Size' })
  expect((await at.ask('DELETE', '')).status).toBe(200)
  expect((await at.ask('GET', '/people')).status).toBe(404)
  await runAllJobs()
  expect(await rowsMentioning(at.id)).toEqual([])
})

test('a group whose request died is completed by whoever asks for it next', async () => {
  const at = await freshEvent()
  const people = await Promise.all([...Array(120)].map(() => makePerson(at)))
  // The group itself is written; what would write its last members dies.
  crashAfter(1)
  const made = await at.ask('POST', '/people/groups', {
    group: { group_name: 'Crew', ...members(people) },
  })
  restart()
  expect(made.body.member_number).toBe(120)
  const list = await at.ask('GET', '/people/groups')
  const crew = list.body.find(({ group_name }: { group_name: string }) => group_name === 'Crew')
  expect(crew.member_number).toBe(120)
  const rows = await at.ask('GET', '/people/groups/Crew/members')
  expect(rows.body).toHaveLength(120)
})

test('answers leave out however many are being deleted, and the event’s row stays small', async () => {
  const at = await freshEvent()
  const scope = await scopeOf(at)
  const event = async () => {
    const row = await getRow<{ gone?: Set<string>; goneIn?: Set<string> }>(
      scope,
      keys.event(scope.org, at.id),
    )
    return { marked: row?.gone?.size ?? 0, beside: row?.goneIn?.size ?? 0 }
  }
  const rows = [...Array(150).keys()].map((n) => ({ track_name: `Track ${n}` }))
  const made = await at.ask('POST', '/sessions/tracks/batch', { rows })
  const ids: string[] = made.body.rows.map(({ id }: { id: string }) => id)
  const sessions: string[] = []
  for (let n = 0; n < 150; n += 50) {
    const session_tracks = ids.slice(n, n + 50)
    sessions.push((await makeSession(at, { session_tracks })).session_id)
  }
  const tracksOf = async () => {
    const all = await Promise.all(sessions.map((id) => at.ask('GET', `/sessions/resources/${id}`)))
    return all.flatMap(({ body }) => body.session_tracks).length
  }
  expect(await tracksOf()).toBe(150)
  for (const id of ids.slice(0, 140))
    expect((await at.ask('DELETE', `/sessions/tracks/${id}`)).status).toBe(200)
  expect(await event()).toEqual({ marked: mostOnEvent, beside: expect.any(Number) })
  expect((await event()).beside).toBeGreaterThan(1)
  expect(await tracksOf()).toBe(10)
  expect((await at.ask('GET', '/sessions/tracks')).body).toHaveLength(10)
  // Whoever changes the event changes nothing of it.
  expect((await at.ask('PATCH', '', { event: { name: 'Renamed' } })).status).toBe(200)
  expect(await tracksOf()).toBe(10)
  await runAllJobs()
  expect(await event()).toEqual({ marked: 0, beside: 0 })
  expect(await tracksOf()).toBe(10)
  for (const id of [ids[0], ids[139]]) expect(await rowsMentioning(String(id))).toEqual([])
})
