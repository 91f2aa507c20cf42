import { expect, test } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import { setClock } from '#lib/base/time.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { client } from '#lib/table/client.ts'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { makeAttendee, makeAttendees, scopeOf } from '#test/support/attendee.ts'
import type { Reply } from '#test/support/call.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'
import { slot } from '#test/support/meetings.ts'
import { meetUp } from '#test/support/networking.ts'
import { crowd, makeSession } from '#test/support/sessions.ts'

const id = (n: number) =>
  `per_${n.toString(2).padStart(26, '0').replaceAll('0', 'a').replaceAll('1', 'b')}`

/** People and connections with them as rows: made one by one they would take a minute. */
async function connections(at: EventClient, me: string, count: number) {
  const scope = await scopeOf(at)
  const when = {
    createdAt: '2027-01-01T00:00:00.000Z',
    updatedAt: '2027-01-01T00:00:00.000Z',
    vr: 1,
  }
  const writes = [...Array(count).keys()].map((n) => {
    const row = { ...when, id: id(n), firstName: `P${n}`, lastName: '', company: '', title: '' }
    return [
      put({ ...keys.person(scope, id(n)), ...row, agenda: {}, custom: {}, kind: 'person' }),
      put({
        ...keys.connection(scope, me, id(n)),
        other: id(n),
        by: me,
        status: 'PENDING',
        ...when,
      }),
    ]
  })
  for (const some of chunks(writes, 45)) await transact(scope, some.flat())
}

/** The names of the store calls behind an answer, once what is known for a while is known. */
async function callsOf(ask: () => Promise<Reply>): Promise<string[]> {
  const names: string[] = []
  client().middlewareStack.add(
    (next, context) => (args) => {
      names.push(String(context.commandName))
      return next(args)
    },
    { step: 'initialize', name: 'names-of-calls' },
  )
  try {
    await ask()
  } finally {
    client().middlewareStack.remove('names-of-calls')
  }
  return names.sort()
}

test('reads of many connections only the people of the page', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  await connections(at, me.id, 300)
  const all = await makeAttendee(at)
  await me.ask('POST', `/people/${all.id}/connection`)
  const path = '/people/me/connections'
  const first = await me.ask('GET', `${path}?limit=1`)
  expect([first.body.length, first.headers['x-total-count']]).toEqual([1, '301'])
  await all.ask('PATCH', '/people/me/profile', { showProfile: false })
  const hidden = await me.ask('GET', path)
  expect([hidden.body.length, hidden.headers['x-total-count']]).toEqual([300, '300'])
  await all.ask('PATCH', '/people/me/profile', { showProfile: true })
  expect((await me.ask('GET', path)).headers['x-total-count']).toBe('301')
  const seen: string[] = []
  let next: string | undefined = `${path}?limit=120`
  while (next) {
    const page: Reply = await me.ask('GET', next)
    seen.push(...page.body.map(({ userId }: { userId: string }) => userId))
    next = /\/events\/[^/]+([^>]+)>/.exec(page.headers.link ?? '')?.[1]
  }
  expect(seen).toEqual([...seen].sort())
  expect(new Set(seen).size).toBe(301)
})

test('lists networking sessions by page, whatever their format was before', async () => {
  const at = await freshEvent()
  await makeSession(at, { session_format: 'MEET_UP' })
  const two = await makeSession(at)
  const list = async () => (await at.ask('GET', '/networking/sessions')).body
  expect((await list()).map(({ sessionId }: { sessionId: string }) => sessionId)).toHaveLength(1)
  await at.ask('PATCH', `/sessions/resources/${two.session_id}`, { session_format: 'MEET_UP' })
  expect(await list()).toHaveLength(2)
  const page = await at.ask('GET', '/networking/sessions?limit=1')
  expect([page.body.length, page.headers['x-total-count']]).toEqual([1, '2'])
  await at.ask('PATCH', `/sessions/resources/${two.session_id}`, { session_format: 'EXPO' })
  expect(await list()).toHaveLength(1)
  // As an earlier version wrote it.
  const scope = await scopeOf(at)
  const { sessionId, startTime } = (await list())[0]
  const place = keys.sessionOrder(scope, startTime.slice(0, 16), sessionId)
  await transact(scope, [put({ ...place, id: sessionId })])
  expect(await list()).toHaveLength(1)
  const [{ endTime }] = await list()
  for (const [by, length] of [
    [-60_000, 1],
    [60_000, 0],
  ] as const) {
    const back = setClock(() => Date.parse(endTime) + by)
    expect(await list()).toHaveLength(length)
    back()
  }
})

test('keeps a row of whoever hides, while they do', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  await me.ask('PATCH', '/people/me/profile', { showProfile: false })
  await expectConsistent(at)
  await at.ask('DELETE', `/people/resources/${me.id}`)
})

test('asks for a meeting at one cost, however many were asked for before', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  const to = (await makePerson(at)).person_id
  const ask = () => me.ask('POST', `/people/${to}/meetings`, slot('11:00', '11:30'))
  await ask()
  const few = await callsOf(ask)
  const scope = await scopeOf(at)
  const rows = [...Array(300).keys()].map((n) =>
    put({ ...keys.meeting(scope, me.id, `old-${n}`), sender: me.id, status: 'CANCEL' }),
  )
  for (const some of chunks(rows, 90)) await transact(scope, some)
  expect(await callsOf(ask)).toEqual(few)
  expect(few.filter((name) => name === 'QueryCommand')).toEqual([])
})

test('tells in as many store calls how somebody stands to five networking sessions as to one', async () => {
  const { at, people, joinAll, ready, round } = await meetUp(['Ada', 'Grace'])
  const [ada] = people
  if (!ada) return
  await joinAll()
  await ready()
  await round()
  const list = () => ada.ask('GET', '/networking/sessions')
  await list()
  const one = await callsOf(list)
  // Paired, so no more ready there; ready in those that had no round; not in what she did not join.
  for (const hour of ['10', '11', '12', '13']) {
    const times = { session_start_time: `${hour}-00`, session_end_time: `${hour}-30` }
    const { session_id } = await makeSession(at, { session_format: 'MEET_UP', ...times })
    if (hour === '13') continue
    const path = `/networking/sessions/${session_id}`
    expect((await ada.ask('PUT', `${path}/registration`)).status).toBe(200)
    if (hour !== '12') await ada.ask('PUT', `${path}/availability`, { ready: true })
  }
  expect(await callsOf(list)).toEqual(one)
  const stands = (body: { registered: boolean; ready: boolean }[]) =>
    body.map(({ registered, ready: is }) => [registered, is])
  const all = [
    [true, false],
    [true, true],
    [true, true],
    [true, false],
    [false, false],
  ]
  expect(stands((await list()).body)).toEqual(all)
  const page = await ada.ask('GET', '/networking/sessions?limit=2&offset=2')
  expect(stands(page.body)).toEqual(all.slice(2, 4))
  expect(page.headers['x-total-count']).toBe('5')
})

test('lists the feeds of whoever is there, with their total and by page', async () => {
  const at = await freshEvent()
  const [ada, grace] = await makeAttendees(at, ['Ada', 'Grace'])
  if (!ada || !grace) return
  for (const who of [ada, grace, ada]) {
    expect((await who.ask('POST', '/people/me/sessions/feeds')).status).toBe(200)
  }
  const list = (query = '') => at.ask('GET', `/sessions/feeds${query}`)
  const all = (await list()).body.map(({ feed_id }: { feed_id: string }) => feed_id)
  expect(all).toHaveLength(3)
  const second = await list('?limit=1&offset=1')
  expect([second.body[0].feed_id, second.headers['x-total-count']]).toEqual([all[1], '3'])
  await at.ask('DELETE', `/people/resources/${ada.id}`)
  const left = await list()
  expect(left.headers['x-total-count']).toBe('1')
  expect(left.body).toHaveLength(1)
})

test('counts the feeds of many people without those who are gone, before anything is cleaned up', async () => {
  const at = await freshEvent()
  const crowded = (await crowd(at, 120)).sort()
  const id = (n: number) => crowded[n] ?? ''
  const scope = await scopeOf(at)
  const when = '2027-01-01T00:00:00.000Z'
  const feeds = [...Array(120).keys()].map((n) => {
    const feed = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
    const row = { id: feed, person: id(n), hash: `h${n}`, createdAt: when }
    return put({ ...keys.feedOf(scope, feed), ...row })
  })
  for (const some of chunks(feeds, 90)) await transact(scope, some)
  await at.ask('POST', '/sessions/feeds')
  const list = async (query: string) => {
    const { body, headers } = await at.ask('GET', `/sessions/feeds${query}`)
    const people = body.map(({ person }: { person: string }) => person)
    return { people, total: headers['x-total-count'], next: headers.link }
  }
  const before = await list('?limit=1000')
  expect(before.total).toBe(String(before.people.length))
  expect(before.people.slice(0, 120)).toEqual([...Array(120).keys()].map(id))
  for (const n of [3, 70]) {
    expect((await at.ask('DELETE', `/people/resources/${id(n)}`)).status).toBe(200)
  }
  const page = await list('?limit=2&offset=2')
  expect(page.people).toEqual([id(2), id(4)])
  expect(page.total).toBe(String(before.people.length - 2))
  const cursor = new URL(/<([^>]+)>/.exec(page.next ?? '')?.[1] ?? '').search
  expect((await list(cursor)).people[0]).toBe(id(5))
  // Whoever is hidden while their many links are ended is not there either.
  await transact(scope, markDeleting(scope, id(4)))
  const hidden = await list('?limit=2&offset=2')
  expect(hidden.people).toEqual([id(2), id(5)])
  expect(hidden.total).toBe(String(before.people.length - 3))
})
