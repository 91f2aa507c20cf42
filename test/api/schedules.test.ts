import { afterEach, expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { call } from '#test/support/call.ts'
import { good, liveSchedule } from '#test/support/schedules.ts'

let putBack = () => {}
afterEach(() => putBack())

test('takes the event by its number, with the token as a parameter', async () => {
  const air = await liveSchedule()
  const path = `/events/${air.event.number}/groups/${air.key}`
  const reply = await call('GET', path, { query: { token: air.token } })
  expect(reply.status).toBe(200)
  expect((await call('GET', path, { query: { token: 'x' } })).status).toBe(401)
})

test('takes parameters from query, form or JSON, those of the body first', async () => {
  const air = await liveSchedule()
  const path = `/events/${air.id}/groups/${air.key}`
  const ask = (options: Parameters<typeof call>[2]) =>
    call('POST', path, { token: air.token, ...options })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const query = { email: 'query@example.com' }
  expect((await ask({ query })).body.eventGroupUser.email).toBe('query@example.com')
  const form = await ask({ query, headers, body: 'email=form@example.com&is_text=1' })
  expect(form.body.eventGroupUser).toMatchObject({
    email: 'form@example.com',
    productDescription: 'Video and Realtime',
  })
  const json = await ask({ query, body: { email: 'json@example.com' } })
  expect(json.body.eventGroupUser.email).toBe('json@example.com')
  const unknown = await ask({ body: { email: 'a@example.com', colour: 'red' } })
  expect([unknown.status, unknown.body.fields]).toEqual([400, 'colour'])
  const twice = await ask({ query: { email: ['a@example.com', 'b@example.com'] } })
  expect([twice.status, twice.body.fields]).toEqual([400, 'email'])
  const stray = await ask({ query: { ...query, utm: 'x' } })
  expect([stray.status, stray.body.fields]).toEqual([400, 'utm'])
  expect((await ask({})).body.fields).toBe('email')
})

test('describes what the flags give', async () => {
  const air = await liveSchedule()
  const describe = async (flags: object) =>
    (await good(air.ask('POST', '/groups', { name: 'G', ...flags }))).product_description
  expect(await describe({ is_text: true, is_video: true })).toBe('Video and Realtime')
  expect(await describe({ is_text: true })).toBe('Realtime Only')
  expect(await describe({ is_video: 'true' })).toBe('Video Only')
  expect(await describe({})).toBe('Video Only')
  expect(await describe({ is_chat: true })).toBe('Chat Only')
})

test('gives a group the schedule that is on, else the next, else the last', async () => {
  const air = await liveSchedule()
  const add = (starts_at: string, ends_at?: string) =>
    good(air.ask('POST', '/event_schedules', { starts_at, ends_at }))
  const morning = await add('2030-05-04T09:00:00Z', '2030-05-04T12:00:00Z')
  const noon = await add('2030-05-04T13:00:00Z', '2030-05-04T17:00:00Z')
  const current = async (now: string) => {
    putBack = setClock(() => Date.parse(now))
    const found = await good(air.ask('GET', `/event_schedules/groups/${air.key}`))
    putBack()
    return found.event_schedule.id
  }
  expect(await current('2030-05-04T08:00:00Z')).toBe(morning.id)
  expect(await current('2030-05-04T11:59:59Z')).toBe(morning.id)
  expect(await current('2030-05-04T12:00:00Z')).toBe(noon.id)
  expect(await current('2030-05-04T18:00:00Z')).toBe(noon.id)
  await good(air.at(String(noon.id), 'PATCH', { status: 'Cancelled' }))
  expect(await current('2030-05-04T14:00:00Z')).toBe(morning.id)
})

test('changes a schedule only as the state that If-Match names', async () => {
  const air = await liveSchedule()
  const id = String(air.schedule.id)
  const earlier = await good(
    air.ask('POST', '/event_schedules', { starts_at: '2016-01-01T00:00:00Z', status: 'Planned' }),
  )
  const list = await air.ask('GET', '/event_schedules')
  expect(list.body.map((one: { id: number }) => one.id)).toEqual([earlier.id, air.schedule.id])
  expect(list.headers['x-total-count']).toBe('2')
  const page = await good(air.ask('GET', '/event_schedules?limit=1&offset=1'))
  expect(page).toEqual([air.schedule])
  const whole = await air.at(id)
  const changed = await air.at(
    id,
    'PATCH',
    { ends_at: '2017-07-10T17:00:00-04:00' },
    {
      'if-match': whole.headers.etag ?? '',
    },
  )
  expect(changed.body.ends_at).toBe('2017-07-10T17:00:00.000-04:00')
  const stale = await air.at(id, 'DELETE', undefined, { 'if-match': whole.headers.etag ?? '' })
  expect(stale.status).toBe(412)
  const back = await air.at(id, 'PATCH', changed.body)
  const { updated_at: _, ...same } = back.body
  expect(changed.body).toMatchObject(same)
  const wrong = await air.at(id, 'PATCH', { ends_at: '2017-07-10T09:00:00-04:00' })
  expect([wrong.status, wrong.body.fields]).toEqual([400, 'ends_at'])
  expect((await air.at(id, 'PATCH', { id: earlier.id })).body.fields).toBe('id')
  const etag = back.headers.etag ?? ''
  expect((await air.at(id, 'DELETE', undefined, { 'if-match': etag })).status).toBe(200)
  for (const name of [id, air.schedule.guid]) {
    const gone = await air.at(name)
    expect([gone.status, gone.body.message]).toEqual([404, 'Event schedule not found'])
  }
})

test('refuses times that do not exist or say no zone', async () => {
  const air = await liveSchedule()
  const bad = [
    '2027-05-04T09:00:00',
    '2027-05-04T24:00:00Z',
    '2027-05-04T23:59:60Z',
    '2027-02-30T09:00:00Z',
    '2027-05-04',
    '9999-05-04T09:00:00Z',
  ]
  for (const starts_at of bad) {
    const reply = await air.ask('POST', '/event_schedules', { starts_at })
    expect([reply.status, reply.body.fields], starts_at).toEqual([400, 'starts_at'])
  }
})

test('prints times as Unix seconds where that is asked for', async () => {
  const air = await liveSchedule()
  const read = await good(air.at(`${air.schedule.id}?timestamp_format=integer`))
  expect(read.starts_at).toBe(Date.parse('2017-07-10T13:00:00Z') / 1000)
})

test('makes a schedule once for one Idempotency-Key', async () => {
  const air = await liveSchedule()
  const body = { starts_at: '2027-05-04T09:00:00Z' }
  const headers = { 'idempotency-key': 'once' }
  const make = () => air.ask('POST', '/event_schedules', body, headers)
  const replies = await Promise.all([make(), make(), make()])
  expect(new Set(replies.map((reply) => reply.body.guid)).size).toBe(1)
  expect((await air.ask('GET', '/event_schedules')).headers['x-total-count']).toBe('2')
})
