import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import { setClock } from '#lib/base/time.ts'
import { setWebhookNetwork } from '#lib/http/delivery/send.ts'
import { setWaiting } from '#lib/store/webhooks/turn.ts'
import { client } from '#lib/table/client.ts'
import { setEventBus } from '#lib/table/event-bus.ts'
import { call } from '#test/support/call.ts'
import { crashAfter, crashOnceDecided, restart } from '#test/support/crashes.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { followChanges } from '#test/support/feed.ts'
import { allRowsMentioning } from '#test/support/scan.ts'
import { crowd } from '#test/support/sessions.ts'
import { deliver, hookOf, type Receiver, receiver, verify, wake } from '#test/support/webhooks.ts'

let at: EventClient
let there: Receiver
let endings: (() => unknown)[]

beforeAll(followChanges)
beforeEach(async () => {
  process.env.WEBHOOKS_TO_LOOPBACK = '1'
  endings = [setWaiting(0)]
  ;[at, there] = [await freshEvent(), await receiver()]
  endings.push(there.stop)
})
afterEach(async () => {
  restart()
  for (const end of endings.reverse()) await end()
})

const session = {
  session_name: 'Large',
  session_date: '2027-05-04',
  session_start_time: '09-00',
  session_end_time: '10-00',
}

/** Counts the transactions that write documents of sessions and people. */
function watched() {
  let count = 0
  const name = 'watched'
  client().middlewareStack.add(
    (next) => async (args) => {
      const { TransactItems = [] } = args.input as { TransactItems?: object[] }
      if (JSON.stringify(TransactItems).includes('"agenda"')) count += 1
      return next(args)
    },
    { step: 'initialize', name },
  )
  return { drafts: () => count, end: () => void client().middlewareStack.remove(name) }
}

const minute = 60_000
const hour = 60 * minute

/** A clock that stands until it is moved on. */
function clock() {
  let now = Date.now()
  endings.push(setClock(() => now))
  return (ms: number) => {
    now += ms
  }
}

it('sends each change as Standard Webhooks say, in its order, with the id of the change', async () => {
  const { secret, read } = await hookOf(at, there.url, { types: ['person.*'] })
  for (const first_name of ['Ada', 'Eve', 'Joan']) await makePerson(at, { profile: { first_name } })
  await at.ask('POST', '/people/groups', { group: { group_name: 'Press' } })
  await deliver()
  const changes = (await at.ask('GET', '/changes?types=person.*')).body.changes_list
  expect(there.got.map(({ id }) => id)).toEqual(
    changes.map(({ change_id }: { change_id: string }) => change_id),
  )
  for (const one of there.got) expect(verify(secret, one)).toEqual(one.body)
  const [first] = there.got
  expect(first?.body).toEqual({
    type: 'person.created',
    timestamp: expect.stringMatching(/Z$/),
    data: expect.objectContaining({
      event_id: at.id,
      object: 'person',
      sequence: expect.any(Number),
    }),
  })
  expect(first?.text).not.toMatch(/Ada|object_body/)
  expect(() =>
    verify(`whsec_${Buffer.alloc(32).toString('base64')}`, there.got[0] as never),
  ).toThrow()
  expect(await read()).toMatchObject({ pending: 0, last_success_at: expect.any(String) })
})

it('sends with a full payload what GET gives when it is sent, and null for what is gone', async () => {
  await hookOf(at, there.url, { types: ['person.created'], payload: 'full' })
  there.answers(500)
  const ada = await makePerson(at, { profile: { first_name: 'Canary' } })
  const eve = await makePerson(at, { profile: { first_name: 'Eve' } })
  const move = clock()
  await deliver()
  await at.ask('DELETE', `/people/resources/${ada.person_id}?erase=true`)
  await at.ask('PATCH', `/people/resources/${eve.person_id}`, { profile: { company: 'Strom' } })
  there.clear()
  there.answers(200)
  move(6_000)
  await deliver()
  expect(there.got.map(({ body }) => body.data.object_body?.profile.company ?? null)).toEqual([
    null,
    'Strom',
  ])
  expect(there.got.map(({ text }) => text).join()).not.toMatch(/Canary/)
})

it('waits with a full payload for what others have begun to write, and writes nothing of it itself', async () => {
  const speakers = await crowd(at, 110)
  await hookOf(at, there.url, { types: ['session.created'], payload: 'full' })
  crashOnceDecided()
  await at.ask('POST', '/sessions/resources', { session: { ...session, speakers } })
  restart()
  const delivered = deliver()
  const { drafts, end } = watched()
  await new Promise((done) => setTimeout(done, 3_000))
  expect([there.got.length, drafts()]).toEqual([0, 0])
  end()
  await runAllJobs()
  await delivered
  await deliver()
  const missing = speakers.filter((one) => !there.got[0]?.text.includes(one))
  expect([there.got.length, missing]).toEqual([1, []])
}, 60_000)

it('tries again after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 h under one id, then gives up', async () => {
  const hook = await hookOf(at, there.url, { types: ['person.created'] })
  // Something gets through now and then, so that the webhook stays on.
  there.answers((response, { body }) => {
    response.writeHead(body.data.object_id === poison ? 500 : 204).end()
  })
  const move = clock()
  const poison = (await makePerson(at)).person_id
  await deliver()
  const pauses = [5_000, 5 * minute, 30 * minute, ...[2, 5, 10, 14, 20, 24].map((h) => h * hour)]
  for (const [n, pause] of pauses.entries()) {
    const tries = () => there.got.filter(({ body }) => body.data.object_id === poison).length
    move(pause - 1_000)
    await makePerson(at, { profile: { first_name: `Eve ${n}` } })
    await deliver()
    expect(tries(), `before ${pause} ms`).toBe(n + 1)
    move(pause * 0.1 + 1_001)
    await deliver()
    expect(tries(), `behind ${pause} ms`).toBe(n + 2)
  }
  const [failed] = await hook.deliveries('?status=failed')
  expect(failed).toMatchObject({ attempts: 10, next_attempt_at: null })
  expect(failed.attempt_list[9]).toMatchObject({ status_code: 500 })
  move(48 * hour)
  await deliver()
  const poisoned = there.got.filter(({ body }) => body.data.object_id === poison)
  expect(poisoned).toHaveLength(10)
  expect(new Set(poisoned.map(({ id }) => id)).size).toBe(1)
  expect(await hook.read()).toMatchObject({ active: true, pending: 0 })
})

it('loses nothing and keeps the order while a receiver is away for an hour', async () => {
  const hook = await hookOf(at, there.url, { types: ['person.created'] })
  const move = clock()
  there.answers(503)
  for (let n = 0; n < 8; n += 1) await makePerson(at, { profile: { first_name: `P${n}` } })
  for (let n = 0; n < 6; n += 1) {
    await deliver()
    move(10 * minute)
  }
  // Of eight, three were tried: nobody who does not answer is asked everything.
  expect(new Set(there.sequences()).size).toBe(3)
  expect(await hook.read()).toMatchObject({ pending: 8 })
  there.clear()
  there.answers(200)
  move(3 * hour)
  await deliver()
  expect(there.sequences()).toHaveLength(8)
  expect(there.sequences()).toEqual(there.sequences().toSorted((a, b) => a - b))
  expect(await hook.read()).toMatchObject({ pending: 0, disabled_reason: null })
})

it('switches off what answers 410, says why, and goes on where it was when it is switched on', async () => {
  const hook = await hookOf(at, there.url, { types: ['person.created'] })
  const move = clock()
  there.answers(410)
  for (const first_name of ['Ada', 'Eve']) await makePerson(at, { profile: { first_name } })
  await deliver()
  expect(there.got).toHaveLength(1)
  expect(await hook.read()).toMatchObject({ active: false, disabled_reason: /410/ })
  there.answers(200)
  move(hour)
  await deliver()
  expect(there.got).toHaveLength(1)
  const on = await at.ask('PATCH', `/webhooks/${hook.id}`, { active: true })
  expect(on.body).toMatchObject({ active: true, disabled_reason: null })
  move(10_000)
  await deliver()
  expect(there.got.map(({ body }) => body.type)).toEqual(Array(3).fill('person.created'))
  expect(new Set(there.sequences()).size).toBe(2)
})

it('switches off after three days of nothing but failures', async () => {
  const hook = await hookOf(at, there.url, { types: ['person.created'] })
  const move = clock()
  there.answers(500)
  await makePerson(at)
  for (let hours = 0; hours < 72; hours += 6) {
    await deliver()
    expect((await hook.read()).active, `after ${hours} h`).toBe(true)
    move(6 * hour)
  }
  for (let n = 0; n < 6; n += 1) {
    await deliver()
    move(6 * hour)
  }
  expect(await hook.read()).toMatchObject({ active: false, disabled_reason: /three days.*500/ })
})

it('follows no redirect and takes a broken connection for a failure', async () => {
  const hook = await hookOf(at, there.url, { types: ['person.created'] })
  const move = clock()
  there.answers(302)
  await makePerson(at)
  await deliver()
  there.answers((response) => response.destroy())
  move(6_000)
  await deliver()
  const [delivery] = await hook.deliveries()
  expect(delivery.attempt_list).toMatchObject([
    { status_code: 302, error: null },
    { status_code: null, error: /broken off/ },
  ])
})

it.each([
  ['10.0.0.8'],
  ['169.254.169.254'],
  ['127.0.0.1'],
  ['::1'],
  ['93.184.216.34', '192.168.1.1'],
])('dials nothing where a name resolves to %s', async (...addresses) => {
  const dialled: string[] = []
  endings.push(
    setWebhookNetwork({
      lookup: async () => addresses,
      connect: (address) => {
        dialled.push(address)
        throw new Error('dialled')
      },
    }),
  )
  const hook = await hookOf(at, 'https://hooks.example.com/in', { types: ['person.created'] })
  await makePerson(at)
  clock()
  await deliver()
  const [delivery] = await hook.deliveries()
  expect(delivery.attempt_list[0].error).toMatch(/cannot be reached/)
  expect(dialled).toEqual([])
})

it('takes no address that nothing is sent to', async () => {
  delete process.env.WEBHOOKS_TO_LOOPBACK
  const refused = async (url: unknown) =>
    expectError(await at.ask('POST', '/webhooks', { webhook: { url } }), 'invalid_body')
  for (const url of [
    'http://127.0.0.1/x',
    'http://localhost:3000/x',
    'https://[::1]/',
    'https://10.1.2.3/',
    'https://example.com:8080/',
    'ftp://example.com/',
    'https://user:secret@example.com/',
    '',
    null,
  ]) {
    await refused(url)
  }
  const bus = { target: 'event_bus', url: 'https://example.com/' }
  expectError(await at.ask('POST', '/webhooks', { webhook: bus }), 'invalid_body', 'webhook.url')
  const types = { url: 'https://example.com/', types: ['person.exploded'] }
  expectError(await at.ask('POST', '/webhooks', { webhook: types }), 'invalid_body')
})

it('lets no receiver wait for another', async () => {
  const slow = await receiver()
  endings.push(slow.stop)
  const held: (() => void)[] = []
  slow.answers((response) => void held.push(() => response.end()))
  await hookOf(at, slow.url, { types: ['person.created'] })
  await hookOf(at, there.url, { types: ['person.created'] })
  for (const first_name of ['Ada', 'Eve']) await makePerson(at, { profile: { first_name } })
  await wake()
  while (there.got.length < 2 || held.length < 1) await new Promise((next) => setTimeout(next, 5))
  expect(slow.got).toHaveLength(1)
  slow.answers(200)
  for (const end of held) end()
  await deliver()
  expect(slow.sequences()).toEqual(there.sequences())
})

it('signs by both secrets for a day after a renewal', async () => {
  const hook = await hookOf(at, there.url, { types: ['person.created'] })
  const move = clock()
  const renewed = await at.ask('POST', `/webhooks/${hook.id}/secret`)
  expect(renewed.body.secret).not.toBe(hook.secret)
  await makePerson(at)
  await deliver()
  const signatures = () => String(there.got.at(-1)?.headers['webhook-signature']).split(' ')
  expect(signatures()).toHaveLength(2)
  move(25 * hour)
  await makePerson(at, { profile: { first_name: 'Eve' } })
  await deliver()
  expect(signatures()).toHaveLength(1)
})

it('shows a secret when it is made and nowhere else', async () => {
  const { id, secret } = await hookOf(at, there.url)
  const shown = [
    await at.ask('GET', '/webhooks'),
    await at.ask('GET', `/webhooks/${id}`),
    await at.ask('PATCH', `/webhooks/${id}`, { description: 'CRM' }),
    await at.ask('POST', `/webhooks/${id}/ping`),
    await at.ask('GET', `/webhooks/${id}/deliveries`),
    await at.ask('GET', '/changes'),
    await at.ask('DELETE', `/webhooks/${id}`),
  ]
  for (const { text, status } of shown) {
    expect(status).toBe(200)
    expect(text).not.toContain(secret)
  }
})

it('pings once, however often the request comes under its key', async () => {
  const { id } = await hookOf(at, there.url)
  const ping = () => at.ask('POST', `/webhooks/${id}/ping`, {}, { 'idempotency-key': 'ping' })
  const [first, again] = [await ping(), await ping()]
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(again.body).toEqual(first.body)
  expect(there.got).toHaveLength(1)
})
it('pings, and tells what it came to', async () => {
  const { id, secret, deliveries } = await hookOf(at, there.url)
  const sent = await at.ask('POST', `/webhooks/${id}/ping`)
  expect(sent.body).toMatchObject({ status: 'succeeded', type: 'webhook.ping', attempts: 1 })
  verify(secret, there.got[0] as never)
  there.answers(500)
  const failed = await at.ask('POST', `/webhooks/${id}/ping`)
  expect(failed.body).toMatchObject({ status: 'failed', next_attempt_at: null })
  expect(await deliveries('?status=failed')).toHaveLength(1)
  expectError(
    await at.ask('POST', `/webhooks/${id}/deliveries/${sent.body.delivery_id}/redeliver`),
    'delivery_not_found',
  )
})

it('sends a change again when it is asked to', async () => {
  const { id, deliveries } = await hookOf(at, there.url, { types: ['person.created'] })
  await makePerson(at)
  await deliver()
  const [sent] = await deliveries()
  const again = await at.ask('POST', `/webhooks/${id}/deliveries/${sent.delivery_id}/redeliver`)
  expect(again.body).toMatchObject({ status: 'pending' })
  await deliver()
  expect(there.got.map((one) => one.id)).toEqual([sent.change_id, sent.change_id])
  expect((await deliveries())[0]).toMatchObject({ status: 'succeeded', attempts: 1 })
})

it('sends every change at least once wherever its sender is killed', async () => {
  for (let writes = 0; writes < 6; writes += 1) {
    const one = await freshEvent()
    const hook = await hookOf(one, there.url, { types: ['person.created'] })
    for (const first_name of ['Ada', 'Eve', 'Joan']) {
      await makePerson(one, { profile: { first_name } })
    }
    const { drainFeed } = await import('#test/support/feed.ts')
    await drainFeed()
    there.clear()
    const { runTurn } = await import('#lib/http/delivery/turns.ts')
    const place = await placeOf(hook.id)
    crashAfter(writes)
    await runTurn(place, Date.now() + 50_000).catch(() => undefined)
    restart()
    const back = setClock(() => Date.now() + minute)
    await deliver()
    await runTurn(place, Date.now() + 50_000)
    back()
    expect(new Set(there.sequences()).size, `killed after ${writes} writes`).toBe(3)
    expect(await hook.read()).toMatchObject({ pending: 0 })
  }
})

/** Where a webhook is, as the queue would say. */
async function placeOf(webhook: string) {
  const row = (await allRowsMentioning(webhook)).find(({ sk }) => sk === webhook)
  const [org = '', event = ''] = String(row?.pk).split('#')
  return { org, event, webhook }
}

it('sends nothing to a webhook that was deleted or switched off', async () => {
  const [gone, off] = [await hookOf(at, there.url), await hookOf(at, there.url)]
  await at.ask('DELETE', `/webhooks/${gone.id}`)
  await at.ask('PATCH', `/webhooks/${off.id}`, { active: false })
  await makePerson(at)
  await deliver()
  expect(there.got).toEqual([])
  expectError(await at.ask('GET', `/webhooks/${gone.id}`), 'webhook_not_found')
})

it('puts changes on the event bus ten at a time, and those again that it did not take', async () => {
  const batches: { Entries: { Detail: string }[] }[] = []
  const bus = createServer(async (request, response) => {
    const sent = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString())
    const first = batches.push(sent) === 1
    const Entries = sent.Entries.map((_: object, n: number) =>
      first && n >= 7 ? { ErrorCode: 'ThrottlingException' } : { EventId: `e${n}` },
    )
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    response.end(JSON.stringify({ FailedEntryCount: 0, Entries }))
  })
  await new Promise<void>((resolve) => bus.listen(0, '127.0.0.1', resolve))
  const { port } = bus.address() as AddressInfo
  const credentials = { accessKeyId: 'x', secretAccessKey: 'y' }
  const client = new EventBridgeClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials,
  })
  endings.push(
    () => bus.close(),
    setEventBus(client),
    () => client.destroy(),
  )
  const made = await at.ask('POST', '/webhooks', {
    webhook: { target: 'event_bus', types: ['person.created'] },
  })
  expect(made.body).toMatchObject({ target: 'event_bus', url: null })
  const move = clock()
  for (let n = 0; n < 12; n += 1) await makePerson(at, { profile: { first_name: `P${n}` } })
  await deliver()
  move(6_000)
  await deliver()
  const sizes = batches.map(({ Entries }) => Entries.length)
  expect(sizes[0]).toBe(10)
  const ids = batches.flatMap(({ Entries }) =>
    Entries.map(({ Detail }) => JSON.parse(Detail).data.sequence),
  )
  expect(new Set(ids).size).toBe(12)
  expect(ids).toHaveLength(15)
})

it(`holds at most ${limits.webhooks.value} webhooks an event`, async () => {
  for (let n = 0; n < limits.webhooks.value; n += 1) {
    expect((await at.ask('POST', '/webhooks', { url: there.url })).status).toBe(200)
  }
  expectError(await at.ask('POST', '/webhooks', { url: there.url }), 'too_many_objects')
})

it('is for organisers alone: addresses may hold what is nobody else’s', async () => {
  const { id } = await hookOf(at, there.url)
  const body = { role: 'event_staff', events: [at.id] }
  const { token } = (await call('POST', '/tokens', { token: at.token, body })).body
  const path = `/events/${at.id}/webhooks`
  for (const one of [path, `${path}/${id}`, `${path}/${id}/deliveries`]) {
    expectError(await call('GET', one, { token }), 'forbidden')
  }
})

it('leaves nothing of a webhook that is deleted, whether its event stays or goes', async () => {
  there.answers(500)
  const [first, second] = [await hookOf(at, there.url), await hookOf(at, there.url)]
  await makePerson(at)
  await deliver()
  const of = async (id: string) =>
    (await allRowsMentioning(id)).map(({ pk }) => pk).filter((pk) => /#W[DR]#/.test(pk))
  expect((await of(first.id)).length).toBeGreaterThanOrEqual(2)
  await at.ask('DELETE', `/webhooks/${first.id}`)
  await runAllJobs()
  expect(await of(first.id)).toEqual([])
  await at.ask('DELETE', `/webhooks/${second.id}`)
  await call('DELETE', `/events/${at.id}`, { token: at.token })
  await runAllJobs()
  expect(await of(second.id)).toEqual([])
})
