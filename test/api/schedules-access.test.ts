import { afterEach, expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { call, organisation, type Reply } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { good, invite, liveSchedule, logged, type OnAir } from '#test/support/schedules.ts'

let putBack = () => {}
afterEach(() => putBack())

const unlike = ({ status, body }: Reply) => [status, { ...body, request_id: '' }]
const log = { time_in: '2020-05-04T09:00:00Z', time_out: '2020-05-04T10:00:00Z' }

async function tokenFor(air: OnAir, role: string, fields: Record<string, unknown> = {}) {
  const body = { role, events: [air.id], ...fields }
  return (await good(call('POST', '/tokens', { token: air.token, body }))).token as string
}

test('hides schedules of others behind the answer for one that was never there', async () => {
  const air = await liveSchedule()
  const other = await organisation()
  const sibling = await good(call('POST', '/events', { token: air.token, body: { name: 'Two' } }))
  const elsewhere = await good(
    call('POST', '/tokens', {
      token: air.token,
      body: { role: 'event_admin', events: [sibling.id] },
    }),
  )
  const nowhere = await air.at('f'.repeat(32))
  expect(nowhere.body.message).toBe('Event schedule not found')
  for (const token of [other.token, elsewhere.token]) {
    for (const id of [air.schedule.id, air.schedule.guid]) {
      for (const [method, path] of [
        ['GET', ''],
        ['GET', '/users'],
        ['GET', '/logs'],
        ['GET', '/usage'],
        ['DELETE', ''],
      ] as const) {
        const reply = await call(method, `/event_schedules/${id}${path}`, { token })
        expect(unlike(reply)).toEqual(unlike(nowhere))
      }
      const body = { event_group_user_id: air.user, ...log }
      const posted = await call('POST', `/event_schedules/${id}/logs`, { token, body })
      expect(unlike(posted)).toEqual(unlike(nowhere))
    }
  }
  for (const id of ['0', '00000000001', 'a%23b', '..%2f', '%00', 'G'.repeat(32), '1'.repeat(40)]) {
    expect((await air.at(id)).status, id).toBe(404)
  }
})

test("finds neither groups nor users of the organisation's other event", async () => {
  const air = await liveSchedule()
  const two = await freshEvent()
  const sibling = await good(call('POST', '/events', { token: air.token, body: { name: 'Two' } }))
  const paths = [`/groups/${air.key}`, `/event_schedules/groups/${air.key}`]
  for (const path of paths) {
    const reply = await call('GET', `/events/${sibling.id}${path}`, { token: air.token })
    expectError(reply, 'access_group_not_found')
    expectError(await two.ask('GET', path), 'access_group_not_found')
  }
  const query = { email: 'someone@example.com' }
  const found = await call('GET', `/events/${sibling.id}/users`, { token: air.token, query })
  expect([found.status, found.error]).toEqual([404, 'group_user_not_found'])
  const starts_at = '2027-05-04T09:00:00Z'
  const path = `/events/${sibling.id}/event_schedules`
  const foreign = await good(call('POST', path, { token: air.token, body: { starts_at } }))
  const body = { event_group_user_id: air.user, ...log }
  const posted = await air.at(`${foreign.guid}/logs`, 'POST', body)
  expect([posted.status, posted.body.errors[0].field]).toEqual([422, 'event_group_user_id'])
})

test('lets staff change nothing but logs or invitations', async () => {
  const air = await liveSchedule()
  const token = await tokenFor(air, 'event_staff')
  const ask = (method: string, path: string, body?: unknown) =>
    call(method, path, { token, ...(body !== undefined && { body }) })
  const at = `/event_schedules/${air.schedule.id}`
  const posted = await ask('POST', `${at}/logs`, { event_group_user_id: air.user, ...log })
  expect(posted.status).toBe(200)
  const bulk = { logs: [{ event_group_user_id: air.user, ...log }] }
  const replies = [
    posted,
    await ask('POST', `${at}/logs/bulk`, bulk),
    await ask('GET', at),
    await ask('GET', `${at}/users`),
    await ask('GET', `${at}/logs`),
    await ask('GET', `${at}/logs?event_group_user_id=${air.user}`),
    await ask('GET', `${at}/usage`),
    await ask('GET', `/events/${air.id}/groups/${air.key}`),
    await ask('GET', `/events/${air.id}/users?email=someone@example.com`),
    await ask('GET', `/events/${air.id}/event_schedules`),
    await ask('POST', `/events/${air.id}/groups/${air.key}`, { email: 'x@example.com' }),
  ]
  for (const reply of replies) {
    expect(reply.status, reply.text).toBe(200)
    expect(reply.text).not.toMatch(/access_?(key|token)/i)
    expect(reply.text).not.toContain(air.key)
  }
  const forbidden = [
    await ask('POST', `/events/${air.id}/groups`, { name: 'Mine' }),
    await ask('POST', `/events/${air.id}/event_schedules`, { starts_at: log.time_in }),
    await ask('PATCH', at, { status: 'Off' }),
    await ask('DELETE', at),
  ]
  expect(forbidden.map(({ status }) => status)).toEqual([403, 403, 403, 403])
  const admin = await tokenFor(air, 'event_admin')
  expect((await call('GET', at, { token: admin })).body.event_groups[0].access_key).toBe(air.key)
})

test('keeps attendees out of schedules: forbidden in their event, hidden elsewhere', async () => {
  const air = await liveSchedule()
  const other = await liveSchedule()
  const person = await makePerson(air)
  const token = await tokenFor(air, 'attendee', { person: person.person_id })
  const own = await call('GET', `/event_schedules/${air.schedule.id}`, { token })
  const foreign = await call('GET', `/event_schedules/${other.schedule.guid}`, { token })
  expect([own.status, foreign.status]).toEqual([403, 404])
  const guid = `/event_schedules/${air.schedule.guid}`
  expect((await call('GET', guid)).status).toBe(401)
})

test('invites an address once into each group', async () => {
  const air = await liveSchedule()
  const join = (key: string, email: string) => air.ask('POST', `/groups/${key}`, { email })
  const replies = await Promise.all([...Array(20)].map(() => join(air.key, 'New@Example.com')))
  expect(replies.filter(({ status }) => status === 200).length).toBe(1)
  expect(replies.filter(({ error }) => error === 'email_already_invited').length).toBe(19)
  const second = await good(air.ask('POST', '/groups', { name: 'Second', is_text: true }))
  const again = await good(join(second.access_key, 'new@example.com'))
  const first = replies.find(({ status }) => status === 200)?.body.eventGroupUser.id
  const found = await good(air.ask('GET', '/users?email=new@example.com'))
  expect(found.eventGroupUser.id).toBe(first)
  const path = `/users?email=new@example.com&access_key=${second.access_key}`
  expect((await good(air.ask('GET', path))).eventGroupUser.id).toBe(again.eventGroupUser.id)
  expect((await join(air.key, 'not an address')).body.fields).toBe('email')
  expect((await air.ask('GET', '/users')).body.fields).toBe('email')
})

test('slows down a token that tries unknown access keys', async () => {
  const air = await liveSchedule()
  let now = Date.now()
  putBack = setClock(() => now)
  const attempt = (key: string) => air.ask('GET', `/groups/${key}`)
  for (let n = 0; n < 20; n += 1) expect((await attempt(air.key)).status).toBe(200)
  for (let n = 0; n < 10; n += 1) {
    const reply = await attempt(n.toString(16).padStart(32, 'a'))
    expect([reply.status, reply.error]).toEqual([404, 'access_group_not_found'])
  }
  const refused = await attempt(air.key)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  now += 61_000
  expect((await attempt(air.key)).status).toBe(200)
})

test('keeps the logs of schedules apart, also of one user', async () => {
  const air = await liveSchedule()
  const two = await good(air.ask('POST', '/event_schedules', { starts_at: log.time_in }))
  const other = await invite(air, 'other@example.com')
  const ids = [
    await logged(air, log.time_in, log.time_out),
    await logged({ ...air, user: other }, log.time_in, log.time_out),
    await logged({ ...air, schedule: two }, log.time_in, log.time_out),
  ].map(({ id }) => id)
  expect(new Set(ids).size).toBe(3)
  const own = await good(air.at(`${two.id}/logs?event_group_user_id=${air.user}`))
  expect(own.map((one: { eventLog: { id: number } }) => one.eventLog.id)).toEqual([ids[2]])
})
