import { afterEach, expect, test } from 'vitest'
import { ApiError, codeOf } from '#lib/base/errors.ts'
import { client } from '#lib/table/client.ts'
import { batch, crm } from '#test/support/batches.ts'
import { call } from '#test/support/call.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { crashAfter, restart } from '#test/support/crashes.ts'
import { badgeOf } from '#test/support/door.ts'
import { expectError } from '#test/support/errors.ts'
import {
  type EventClient,
  freshEvent,
  makeGroup,
  makePerson,
  runAllJobs,
} from '#test/support/factories.ts'
import { jumpAt, lateBatch } from '#test/support/late.ts'
import { allRowsMentioning } from '#test/support/scan.ts'
import { makeSession } from '#test/support/sessions.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests read answers freely
type Json = any

const rows = (count: number, more: object = {}) =>
  [...Array(count).keys()].map((n) => ({
    ...crm(`${n}`, { email_address: `p${n}@example.com` }),
    ...more,
  }))

afterEach(restart)

const read = async ({ ask }: EventClient, { url }: Json) =>
  (await ask('GET', url.slice(url.indexOf('/batches')))).body

/** What is kept of an event's batches. */
const kept = async ({ id }: EventClient) =>
  (await allRowsMentioning(`${id}#B`)).filter(({ pk }) => /#B[TP]$/.test(pk))

async function tokenOf(at: EventClient, role: string): Promise<Json> {
  const made = await call('POST', '/tokens', {
    token: at.token,
    body: { token: { role, name: role, events: [at.id] } },
  })
  expect(made.status, made.text).toBe(200)
  return made.body
}

/** People who need a transaction each. */
async function lateInGroup(at: EventClient, count: number, n: number, query = ''): Promise<Json> {
  const group = await makeGroup(at, 'Press')
  const sent = rows(count, { assign_groups: [group.group_id] })
  return lateBatch(n, () => batch(at, sent, query))
}

test('a batch without time for all rows is answered 202, and its report is that of one with time', async () => {
  const [at, other] = [await freshEvent(), await freshEvent()]
  const sent = await lateInGroup(at, 40, 12)
  expect(sent.status, sent.text).toBe(202)
  expect(sent.body).toMatchObject({ status: 'running', record_number: 40, report: null })
  expect(sent.body.done_number).toBeLessThan(40)
  expect((await at.ask('GET', '/people')).body.people_number).toBe(sent.body.done_number)
  await runAllJobs()
  const done = await read(at, sent.body)
  expect(done).toMatchObject({ status: 'done', done_number: 40, failure: null })
  const group = await makeGroup(other, 'Press')
  const whole = await batch(other, rows(40, { assign_groups: [group.group_id] }))
  const ids = (report: Json) => ({
    ...report,
    rows: report.rows.map(({ id: _, ...row }: Json) => row),
  })
  expect(ids(done.report)).toEqual(ids(whole.body))
  expect((await at.ask('GET', '/people')).body.people_number).toBe(40)
  await expectConsistent(at)
})

test('a row about the same object as one before the break is still refused', async () => {
  const at = await freshEvent()
  const group = await makeGroup(at, 'Press')
  const own = rows(30, { assign_groups: [group.group_id] })
  const sent = await lateBatch(10, () =>
    batch(at, [...own, own[0] as Json, { profile: 7 }] as Json),
  )
  expect(sent.status, sent.text).toBe(202)
  await runAllJobs()
  const { report } = await read(at, sent.body)
  expect(report).toMatchObject({ created: 30, failed: 2, updated: 0, unchanged: 0 })
  expect(report.rows[30].message).toContain('Row 1 ')
  expect(report.rows[31].errors[0].field).toBe('profile')
})

test('an Idempotency-Key keeps the 202, and the address tells the report to whoever may', async () => {
  const at = await freshEvent()
  const group = await makeGroup(at, 'Press')
  const body = { rows: rows(30, { assign_groups: [group.group_id] }) }
  const send = () => at.ask('POST', '/people/resources/batch', body, { 'idempotency-key': 'k' })
  const sent = await lateBatch(8, send)
  const again = await send()
  expect([sent.status, again.status]).toEqual([202, 202])
  expect(again.body).toEqual(sent.body)
  await runAllJobs()
  expect((await at.ask('GET', '/people')).body.people_number).toBe(30)
  const path = `/events/${at.id}/batches/${sent.body.batch_id}`
  const staff = await tokenOf(at, 'event_staff')
  expectError(await call('GET', path, { token: staff.token }), 'batch_not_found')
  const other = await freshEvent()
  expectError(await other.ask('GET', `/batches/${sent.body.batch_id}`), 'batch_not_found')
  expectError(await at.ask('GET', '/batches/bat_nobody'), 'batch_not_found')
})

test('a dry run that goes on writes nothing', async () => {
  const at = await freshEvent()
  const group = await makeGroup(at, 'Press')
  await batch(at, rows(30))
  const sent = rows(30, { assign_groups: [group.group_id] })
  const clock = jumpAt(1, 0)
  const now = Date.now
  const start = now()
  // A trial has no transactions: its time runs out by itself.
  Date.now = () => (now() - start > 30 ? now() + 23_500 : now())
  const answer = await batch(at, sent, 'dry_run=true')
  clock.ended()
  expect(answer.status, answer.text).toBe(202)
  await runAllJobs()
  const { report } = await read(at, answer.body)
  expect(report).toMatchObject({ dry_run: true, updated: 30, failed: 0 })
  expect((await at.ask('GET', `/people/groups/${group.group_id}/members`)).body).toEqual([])
})

test('rows are carried out once each, wherever the process that carries them on is killed', async () => {
  const at = await freshEvent()
  // Nobody knows these people again: whoever did them twice would make them twice.
  const group = await makeGroup(at, 'Press')
  const sent = [...Array(24).keys()].map((n) => ({
    profile: { first_name: `N${n}` },
    assign_groups: [group.group_id],
  }))
  const answer = await lateBatch(6, () => batch(at, sent))
  expect(answer.status, answer.text).toBe(202)
  for (let writes = 1; writes < 60; writes += 7) {
    crashAfter(writes)
    await runAllJobs().catch(() => undefined)
    restart()
  }
  await runAllJobs()
  const { report } = await read(at, answer.body)
  expect(report).toMatchObject({ created: 24, unchanged: 0, updated: 0, failed: 0 })
  const { people_list } = (await at.ask('GET', '/people/resources?limit=100')).body
  expect(people_list.map(({ profile }: Json) => profile.first_name).sort()).toEqual(
    sent.map(({ profile }) => profile.first_name).sort(),
  )
  expect(new Set(report.rows.map(({ id }: Json) => id)).size).toBe(24)
  await expectConsistent(at)
})

test('seats and memberships go on in the order of the rows', async () => {
  const at = await freshEvent()
  const session = await makeSession(at, { capacity: 10 })
  await batch(at, rows(20))
  const body = { rows: [...Array(20).keys()].map((n) => ({ email_address: `p${n}@example.com` })) }
  const path = `/sessions/resources/${session.session_id}/attendees/batch`
  const sent = await lateBatch(4, () => at.ask('POST', path, body))
  expect(sent.status, sent.text).toBe(202)
  await runAllJobs()
  const { report } = await read(at, sent.body)
  const statuses = report.rows.map(({ status }: Json) => status)
  expect(statuses).toEqual([...Array(10).fill('created'), ...Array(10).fill('failed')])
})

test('scans go on, each once', async () => {
  const at = await freshEvent()
  const people = await Promise.all([...Array(12).keys()].map(() => makePerson(at)))
  const codes = await Promise.all(people.map(({ person_id }) => badgeOf(at, person_id)))
  const body = { rows: codes.map((code) => ({ code })) }
  const sent = await lateBatch(3, () => at.ask('POST', '/checkins/batch', body))
  expect(sent.status, sent.text).toBe(202)
  crashAfter(4)
  await runAllJobs().catch(() => undefined)
  restart()
  await runAllJobs()
  const { report } = await read(at, sent.body)
  expect(report).toMatchObject({ created: 12, failed: 0 })
  const { checkin_list } = (await at.ask('GET', '/checkins')).body
  expect(checkin_list.map(({ status }: Json) => status)).toEqual(Array(12).fill('ok'))
})

test('what is left is refused when the token is gone meanwhile', async () => {
  const at = await freshEvent()
  const token = await tokenOf(at, 'event_admin')
  const group = await makeGroup(at, 'Press')
  const body = { rows: rows(30, { assign_groups: [group.group_id] }) }
  const path = `/events/${at.id}/people/resources/batch`
  const sent = await lateBatch(8, () => call('POST', path, { token: token.token, body }))
  expect(sent.status, sent.text).toBe(202)
  await call('DELETE', `/tokens/${token.token_id}`, { token: at.token })
  await runAllJobs()
  const ended = await read(at, sent.body)
  expect(ended.status).toBe('failed')
  expect(ended.failure).toContain('token')
  expect(ended.report.created).toBe(sent.body.done_number)
  expect(ended.report.failed).toBe(30 - sent.body.done_number)
})

test('a row for which the store is always too busy is given up, and the others are done', async () => {
  const at = await freshEvent()
  const names = ['Ada', 'Stuck', 'Eve']
  const body = names.map((first_name) => ({ profile: { first_name } }))
  const sent = await lateBatch(0, () => batch(at, body))
  expect(sent.body.done_number).toBe(0)
  client().middlewareStack.add(
    (next) => async (args) => {
      if (JSON.stringify(args.input).includes('"Stuck"')) throw new ApiError('store_busy')
      return next(args)
    },
    { step: 'initialize', name: 'stuck' },
  )
  await runAllJobs()
  client().middlewareStack.remove('stuck')
  const { status, failure, report } = await read(at, sent.body)
  expect([status, failure]).toEqual(['failed', expect.stringContaining('busy')])
  const told = report.rows.map((row: Json) => row.code ?? row.status)
  expect(told).toEqual(['created', codeOf('store_busy'), 'created'])
})

test('an erasure takes reports along, also the one of a batch that still runs', async () => {
  const at = await freshEvent()
  const group = await makeGroup(at, 'Press')
  const own = rows(30, { assign_groups: [group.group_id] })
  const [first, second] = [
    await lateBatch(8, () => batch(at, own)),
    await lateBatch(8, () => batch(at, own, 'mode=upsert')),
  ]
  expect([first.status]).toEqual([202])
  await runAllJobs()
  const third = await lateBatch(1, () => batch(at, [...own, ...rows(60).slice(30)]))
  expect(third.status, third.text).toBe(202)
  const person = await makePerson(at)
  const erased = await at.ask('DELETE', `/people/resources/${person.person_id}?erase=true`)
  expect(erased.status).toBe(200)
  await runAllJobs()
  for (const one of [first, second, third].filter(({ status }) => status === 202)) {
    expectError(await at.ask('GET', `/batches/${one.body.batch_id}`), 'batch_not_found')
  }
  expect((await at.ask('GET', '/people')).body.people_number).toBe(60)
  expect(await kept(at)).toEqual([])
})

test('nothing of a batch is left when its event is deleted', async () => {
  const at = await freshEvent()
  const sent = await lateInGroup(at, 30, 8)
  expect(sent.status).toBe(202)
  await at.ask('DELETE', '')
  await runAllJobs()
  expect(await kept(at)).toEqual([])
})
