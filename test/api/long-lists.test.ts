import { expect, test } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import { setClock } from '#lib/base/time.ts'
import { client } from '#lib/table/client.ts'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { makeAttendee, scopeOf } from '#test/support/attendee.ts'
import type { Reply } from '#test/support/call.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'
import { slot } from '#test/support/meetings.ts'
import { makeSession } from '#test/support/sessions.ts'

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
