import { expect, test } from 'vitest'
import { call } from '#test/support/call.ts'
import { good, invite, liveSchedule, logged } from '#test/support/schedules.ts'

const times = { time_in: '2020-05-04T09:00:00Z', time_out: '2020-05-04T10:00:00Z' }

test('keeps a presence once, however often it is posted', async () => {
  const air = await liveSchedule()
  const body = { event_group_user_id: air.user, ...times }
  const path = `${air.schedule.guid}/logs`
  const replies = await Promise.all([...Array(50)].map(() => air.at(path, 'POST', body)))
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(replies.map((reply) => reply.body.eventLog.id)).size).toBe(1)
  const list = await air.at(path)
  expect([list.body.length, list.headers['x-total-count']]).toEqual([1, '1'])
  const elsewhere = await logged(air, '2020-05-04T11:00:00+02:00', '2020-05-04T12:00:00+02:00')
  expect(elsewhere.id).toBe(list.body[0].id)
  expect((await logged(air, times.time_in, '2020-05-04T10:00:00.001Z')).id).not.toBe(elsewhere.id)
})

test('orders logs by time whatever the order of their arrival, at any offset', async () => {
  const air = await liveSchedule()
  const minutes = [30, 10, 50, 20, 40, 0]
  for (const minute of minutes) {
    const time_in = new Date(Date.parse(times.time_in) + minute * 60_000).toISOString()
    await logged(air, time_in, '2020-05-04T10:00:00Z')
  }
  const path = `${air.schedule.id}/logs`
  const all = await good(air.at(path))
  const ins = all.map((row: { time_in: string }) => row.time_in)
  expect(ins).toEqual([...ins].sort())
  const page = await air.at(`${path}?limit=2&offset=3`)
  expect(page.body).toEqual(all.slice(3, 5))
  expect(page.headers['x-total-count']).toBe('6')
  const first = await air.at(`${path}?limit=4`)
  const next = /<([^>]+)>/.exec(first.headers.link ?? '')?.[1] ?? ''
  const followed = await call('GET', next.slice(next.indexOf('/api/v2')), { token: air.token })
  expect(followed.body).toEqual(all.slice(4))
  expect(followed.headers.link).toBeUndefined()
})

test('pages by cursor through hundreds of logs of one millisecond without gap or repeat', async () => {
  const air = await liveSchedule()
  const count = 900
  const logs = [...Array(count).keys()].map((n) => ({
    event_group_user_id: air.user,
    time_in: times.time_in,
    time_out: new Date(Date.parse(times.time_in) + (n + 1) * 1000).toISOString(),
  }))
  const results = await good(air.at(`${air.schedule.guid}/logs/bulk`, 'POST', { logs }))
  const ids = results.map((row: { eventLog: { id: number } }) => row.eventLog.id)
  expect(new Set(ids).size).toBe(count)
  const path = `${air.schedule.id}/logs`
  const all = await good(air.at(path))
  expect(all.length).toBe(count)
  for (const offset of [0, 199, 200, 399, 650, 880, 899, 900, 5000]) {
    const page = await air.at(`${path}?limit=20&offset=${offset}`)
    expect(page.body).toEqual(all.slice(offset, offset + 20))
    expect(page.headers['x-total-count']).toBe(String(count))
  }
  const user = `${path}?event_group_user_id=${air.user}&limit=10&offset=885`
  expect((await air.at(user)).headers['x-total-count']).toBe(String(count))
  expect((await good(air.at(user))).length).toBe(10)
})

test('says for every row of a bulk what became of it', async () => {
  const air = await liveSchedule()
  const good_ = { event_group_user_id: air.user, ...times }
  const logs = [
    good_,
    { ...good_, event_group_user_id: 999_999_999 },
    { ...good_, time_out: '2020-05-04T08:00:00Z' },
    good_,
    { ...good_, extra: 1 },
    'nonsense',
    { ...good_, event_group_user_id: String(air.user), time_in: '2020-05-04T09:30:00Z' },
  ]
  const rows = await good(air.at(`${air.schedule.guid}/logs/bulk`, 'POST', { logs }))
  expect(rows.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(rows.map(({ status }: { status: number }) => status)).toEqual([
    200, 422, 422, 200, 422, 422, 200,
  ])
  expect(rows[3].eventLog.id).toBe(rows[0].eventLog.id)
  expect(rows[1].error.errors[0].field).toBe('event_group_user_id')
  expect(rows[2].error.fields).toBe('time_out')
  expect(rows[4].error.errors[0].field).toBe('extra')
  expect((await air.at(`${air.schedule.id}/logs`)).headers['x-total-count']).toBe('2')
  const many = { logs: [...Array(1001)].map(() => good_) }
  expect((await air.at(`${air.schedule.guid}/logs/bulk`, 'POST', many)).status).toBe(422)
  expect((await air.at(`${air.schedule.guid}/logs/bulk`, 'POST', { logs: [] })).status).toBe(422)
})

test('answers bad logs with a 422 that names every field at fault', async () => {
  const air = await liveSchedule()
  const now = Date.now()
  const iso = (millis: number) => new Date(millis).toISOString()
  const path = `${air.schedule.guid}/logs`
  const post = (body: object) =>
    air.at(path, 'POST', { event_group_user_id: air.user, ...times, ...body })
  const cases: [object, string][] = [
    [{ time_in: '2020-05-04T09:00:00' }, 'time_in'],
    [{ time_in: '2020-05-04T24:00:00Z' }, 'time_in'],
    [{ time_out: '2020-05-04T23:59:60Z' }, 'time_out'],
    [{ time_out: '2020-05-04T08:59:59Z' }, 'time_out'],
    [{ time_out: '2020-05-05T09:00:00.001Z' }, 'time_out'],
    [{ time_in: iso(now), time_out: iso(now + 6 * 60_000) }, 'time_out'],
    [{ event_group_user_id: 999_999_999 }, 'event_group_user_id'],
    [{ event_group_user_id: 'x' }, 'event_group_user_id'],
    [{ ip_address: '1.2.3' }, 'ip_address'],
    [{ user_agent: 'x'.repeat(513) }, 'user_agent'],
    [{ user_agent: 'a\u001b[31m' }, 'user_agent'],
    [{ guid: 'f'.repeat(32) }, 'guid'],
    [{ billable: true }, 'billable'],
  ]
  for (const [body, field] of cases) {
    const reply = await post(body)
    expect([reply.status, reply.body.errors[0]?.field], JSON.stringify(body)).toEqual([422, field])
  }
  const none = await air.at(path, 'POST', {})
  const fields = none.body.errors.map((error: { field: string }) => error.field)
  expect([none.status, fields]).toEqual([422, ['event_group_user_id', 'time_in', 'time_out']])
  const broken = await air.at(path, 'POST', '{')
  expect([broken.status, broken.body.errors.length]).toEqual([422, 1])
  const query = await air.at(`${path}?event_group_user_id=x`)
  expect([query.status, query.body.errors[0].field]).toEqual([422, 'event_group_user_id'])
  expect((await air.at(`${path}?event_group_user_id=999999999`)).status).toBe(422)
  expect((await good(air.at(path))).length).toBe(0)
})

test('takes logs up to the edge: the longest there may be, or a little ahead of our clock', async () => {
  const air = await liveSchedule()
  const now = Date.now()
  await logged(air, '2020-05-04T09:00:00Z', '2020-05-05T09:00:00Z')
  await logged(air, new Date(now).toISOString(), new Date(now + 4 * 60_000).toISOString())
  await logged(air, times.time_in, times.time_in)
})

test('takes a log from a form as from a query', async () => {
  const air = await liveSchedule()
  const query = { event_group_user_id: air.user, ...times, token: air.token }
  const path = `/event_schedules/${air.schedule.guid}/logs`
  const fromQuery = await call('POST', path, { query })
  expect(fromQuery.status, fromQuery.text).toBe(200)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ ...times, event_group_user_id: String(air.user) }).toString()
  const fromForm = await call('POST', path, { token: air.token, headers, body })
  expect(fromForm.body).toEqual(fromQuery.body)
})

test('replays a log under its Idempotency-Key, also when the log was there before', async () => {
  const air = await liveSchedule()
  const body = { event_group_user_id: air.user, ...times }
  const path = `${air.schedule.guid}/logs`
  await good(air.at(path, 'POST', body))
  const headers = { 'idempotency-key': 'k' }
  const first = await air.at(path, 'POST', body, headers)
  const second = await air.at(path, 'POST', body, headers)
  expect(second.body).toEqual(first.body)
  expect(second.headers['idempotency-replayed']).toBe('true')
  const logs = [body, { ...body, time_out: '2020-05-04T09:30:00Z' }]
  const bulk = { 'idempotency-key': 'bulk' }
  const one = await air.at(`${path}/bulk`, 'POST', { logs }, bulk)
  const two = await air.at(`${path}/bulk`, 'POST', { logs }, bulk)
  expect(two.body).toEqual(one.body)
  expect(two.headers['idempotency-replayed']).toBe('true')
  expect((await air.at(path, 'POST', { ...body, ip_address: '::1' }, headers)).status).toBe(422)
})

test('counts logs that are posted by many at once', async () => {
  const air = await liveSchedule()
  const users = [air.user]
  for (let n = 0; n < 5; n += 1) users.push(await invite(air, `p${n}@example.com`))
  const post = (user: number, n: number) => {
    const time_out = new Date(Date.parse(times.time_in) + (n + 1) * 1000).toISOString()
    const body = { event_group_user_id: user, time_in: times.time_in, time_out }
    return air.at(`${air.schedule.guid}/logs`, 'POST', body)
  }
  const replies = await Promise.all(
    users.flatMap((user) => [...Array(10).keys()].map((n) => post(user, n))),
  )
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  const list = await air.at(`${air.schedule.id}/logs?limit=7&offset=55`)
  expect([list.body.length, list.headers['x-total-count']]).toEqual([5, '60'])
})
