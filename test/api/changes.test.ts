import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { makeAttendee, speaking, tokenOf } from '../support/attendee.ts'
import { call, organisation } from '../support/call.ts'
import { changesIn } from '../support/changes.ts'
import { freshEvent, makeGroup, makePerson } from '../support/factories.ts'
import { drainFeed, followChanges } from '../support/feed.ts'

beforeAll(followChanges)

/** An event of 3 changes, and so many people more. */
async function eventWith(people: number) {
  const at = await freshEvent()
  for (let n = 0; n < people; n += 1) await makePerson(at)
  await drainFeed()
  return at
}

test('pages through changes by the sequence, with a link while there is more', async () => {
  const at = await eventWith(4)
  const first = await at.ask('GET', '/changes?limit=5')
  expect(first.body).toMatchObject({ event_id: at.id, latest: 7 })
  expect(first.body.changes_list.map((one: { sequence: number }) => one.sequence)).toEqual([
    1, 2, 3, 4, 5,
  ])
  const link = first.headers.link ?? ''
  expect(link).toMatch(/^<https:\/\/.*\/changes\?limit=5&after=5>; rel="next"$/)
  const rest = await at.ask('GET', '/changes?limit=5&after=5')
  expect(rest.body.changes_list).toHaveLength(2)
  expect(rest.headers.link).toBeUndefined()
})

test('gives the latest sequence and no rows for now', async () => {
  const at = await eventWith(1)
  const { body } = await at.ask('GET', '/changes?after=now')
  expect(body).toEqual({ event_id: at.id, latest: 4, changes_list: [] })
  const later = await at.ask('GET', '/changes?after=99')
  expect(later.body).toEqual({ event_id: at.id, latest: 4, changes_list: [] })
})

test('filters by types, all of one object among them', async () => {
  const at = await eventWith(2)
  const types = (query: string) =>
    changesIn(at, 0, query).then((all) => all.map(({ type }) => type))
  expect(await types('&types=person.created')).toEqual(['person.created', 'person.created'])
  expect(await types('&types=event.*,person.deleted')).toEqual(['event.created'])
  expect(await types('&types=,')).toEqual([])
  const unknown = await at.ask('GET', '/changes?types=person.eaten')
  expect([unknown.error, unknown.body.fields]).toEqual(['invalid_query', 'types'])
})

test('goes on behind what it looked at, though none of it was asked for', async () => {
  const at = await eventWith(2)
  const page = await at.ask('GET', '/changes?types=track.*&limit=1')
  expect(page.body.changes_list).toEqual([])
  expect(page.headers.link).toBeUndefined()
})

test('gives the history of one object, of a group with those who joined it', async () => {
  const at = await eventWith(1)
  const { group_id: group } = await makeGroup(at, 'Crew')
  const { person_id: person } = await makePerson(at, { assign_groups: [group] })
  const history = (query: string) =>
    changesIn(at, 0, query).then((all) => all.map(({ type }) => type))
  expect(await history(`&object=${group}`)).toEqual(['group.created', 'membership.added'])
  expect(await history(`&object=${person}`)).toEqual(['person.created', 'membership.added'])
  expect(await history(`&object=${person}&types=membership.*`)).toEqual(['membership.added'])
  expect(await history('&object=nothing')).toEqual([])
  const first = await at.ask('GET', `/changes?object=${group}&limit=1`)
  const next = /after=(\d+)/.exec(first.headers.link ?? '')?.[1]
  const second = await at.ask('GET', `/changes?object=${group}&limit=1&after=${next}`)
  expect(second.body.changes_list).toMatchObject([{ type: 'membership.added' }])
  expect(second.headers.link).toBeUndefined()
})

test('speaks the ids of another system', async () => {
  const at = await eventWith(0)
  const ids = (id: string) => ({ external_ids: [{ id_system: 'crm', id }] })
  await makeGroup(at, 'Crew', ids('crew'))
  await makePerson(at, { ...ids('ada'), assign_groups: ['Crew'].slice(1) })
  await at.ask('POST', '/people/resources/ada/groups/crew', undefined, { ext_id_system: 'crm' })
  await drainFeed()
  const { body } = await at.ask('GET', '/changes?object=ada', undefined, { ext_id_system: 'crm' })
  expect(body.changes_list).toMatchObject([
    { type: 'person.created', object_id: 'ada' },
    { type: 'membership.added', object_id: 'ada', note: { person_id: 'ada', group_id: 'crew' } },
  ])
})

test('waits for the first change, and no longer than it was asked to', async () => {
  const at = await eventWith(0)
  const started = Date.now()
  const nothing = await at.ask('GET', '/changes?after=3&wait=1')
  expect(nothing.body).toMatchObject({ latest: 3, changes_list: [] })
  expect(Date.now() - started).toBeGreaterThanOrEqual(1_000)
  const waiting = at.ask('GET', '/changes?after=3&wait=20')
  await sleep(150)
  await makePerson(at)
  await drainFeed()
  expect((await waiting).body).toMatchObject({ changes_list: [{ type: 'person.created' }] })
  expect((await at.ask('GET', '/changes?wait=21')).error).toBe('invalid_query')
})

test('waits for what is asked for, and for the object that is named', async () => {
  const at = await eventWith(1)
  const { changes_list } = (await at.ask('GET', '/changes?types=person.*')).body
  const person: string = changes_list[0].object_id
  const waiting = [
    at.ask('GET', '/changes?after=4&wait=20&types=person.*'),
    at.ask('GET', `/changes?after=4&wait=20&object=${person}`),
  ]
  await makeGroup(at, 'Crew')
  await drainFeed()
  await at.ask('PATCH', `/people/resources/${person}`, { profile: { company: 'X' } })
  await drainFeed()
  for (const one of await Promise.all(waiting)) {
    expect(one.body).toMatchObject({ latest: 6, changes_list: [{ type: 'person.updated' }] })
  }
})

test('says that changes are gone, and from where on they are kept', async () => {
  const at = await eventWith(5)
  const back = setClock(() => Date.now() + 29 * 86_400_000)
  await makePerson(at)
  await drainFeed()
  back()
  const forward = setClock(() => Date.now() + 31 * 86_400_000)
  const gone = await at.ask('GET', '/changes?after=2')
  const kept = await at.ask('GET', '/changes?after=8')
  const history = await at.ask('GET', `/changes?object=${at.id}`)
  const all = await call('GET', '/changes', { token: at.token })
  const later = setClock(() => Date.now() + 99 * 86_400_000)
  const nothing = await at.ask('GET', '/changes?after=0')
  later()
  forward()
  expect(nothing.body.message).toContain('sequence 10')
  expect(gone.error).toBe('changes_gone')
  expect(gone.body.message).toContain('sequence 9')
  expect(kept.body).toMatchObject({ latest: 9, changes_list: [{ sequence: 9 }] })
  expect(history.body.changes_list).toEqual([])
  expect(all.body.changes_list).toMatchObject([{ sequence: 9 }])
})

test('never passes over a change that is not kept, in the middle of others neither', async () => {
  const at = await eventWith(1)
  process.env.CHANGES_DAYS = '1'
  await makePerson(at)
  await drainFeed()
  delete process.env.CHANGES_DAYS
  await makePerson(at)
  await drainFeed()
  const later = setClock(() => Date.now() + 2 * 86_400_000)
  const before = await at.ask('GET', '/changes?after=2')
  const gone = await at.ask('GET', '/changes?after=4')
  const behind = await at.ask('GET', '/changes?after=5')
  later()
  expect(before.body.changes_list.map((one: { sequence: number }) => one.sequence)).toEqual([3, 4])
  expect(before.headers.link).toContain('after=4')
  expect(gone.error).toBe('changes_gone')
  expect(behind.body.changes_list).toMatchObject([{ sequence: 6 }])
})

test('is for organisers and staff; over all events for the organisation alone', async () => {
  const at = await eventWith(0)
  const attendee = await makeAttendee(at)
  expect((await attendee.ask('GET', '/changes')).error).toBe('forbidden')
  const staff = await tokenOf(at, 'event_staff')
  expect((await speaking(at, staff).ask('GET', '/changes')).status).toBe(200)
  expect((await call('GET', '/changes', { token: staff })).error).toBe('forbidden')
  const foreign = await organisation()
  expect((await speaking(at, foreign.token).ask('GET', '/changes')).error).toBe('event_not_found')
  expect((await call('GET', '/changes', foreign)).body).toEqual({
    latest_list: [],
    changes_list: [],
  })
})

test('lists the changes of all events by event and sequence, from any place on', async () => {
  const at = await eventWith(0)
  const other = await call('POST', '/events', { token: at.token, body: { name: 'Elbe' } })
  await drainFeed()
  const ask = (query: Record<string, string>) => call('GET', '/changes', { token: at.token, query })
  const { body, headers } = await ask({ limit: '4' })
  const [first, second] = [at.id, other.body.id].sort()
  expect(body.latest_list).toEqual([
    { event_id: first, latest: 3 },
    { event_id: second, latest: 3 },
  ])
  const places = (list: { event_id: string; sequence: number }[]) =>
    list.map(({ event_id, sequence }) => `${event_id}:${sequence}`)
  expect(places(body.changes_list)).toEqual(
    [1, 2, 3].map((n) => `${first}:${n}`).concat(`${second}:1`),
  )
  const after =
    new URL(/<(.*)>/.exec(headers.link ?? '')?.[1] ?? '').searchParams.get('after') ?? ''
  expect(places((await ask({ after })).body.changes_list)).toEqual([`${second}:2`, `${second}:3`])
  expect((await ask({ after, types: 'event.*' })).body.changes_list).toEqual([])
  expect((await ask({ after: 'evt_x:1' })).error).toBe('invalid_query')
})

test('changes its tag with its rows alone', async () => {
  const at = await eventWith(1)
  const first = await at.ask('GET', '/changes?after=3')
  const etag = first.headers.etag ?? ''
  const again = await at.ask('GET', '/changes?after=3', undefined, { 'if-none-match': etag })
  expect(again.status).toBe(304)
})
