import { expect, test } from 'vitest'
import { call, organisation } from '#test/support/call.ts'
import { rowsMentioning } from '#test/support/scan.ts'

const event = {
  event: {
    name: 'Rhine Conference',
    event_dates: {
      start_date: '2027-05-04',
      end_date: '2027-05-05',
      time_zone_tz: 'Europe/Berlin',
    },
  },
}

test('finds a new event by its short code as by its id', async () => {
  const { token } = await organisation()
  const made = await call('POST', '/events', { token, body: event })
  expect(made.status).toBe(200)
  expect(made.body.data_counters.groups).toBe(2)
  expect(made.body.event_dates.time_zone_offset).toBe('+02:00')
  const byId = await call('GET', `/events/${made.body.id}`, { token })
  const bySlug = await call('GET', `/events/${made.body.short_code}`, { token })
  expect(byId.body.id).toBe(made.body.id)
  expect(bySlug.headers.etag).toBe(byId.headers.etag)
})

test('takes back what GET gave', async () => {
  const { token } = await organisation()
  const made = await call('POST', '/events', { token, body: event })
  const put = await call('PUT', `/events/${made.body.id}`, {
    token,
    body: made.body,
    headers: { 'if-match': made.headers.etag ?? '' },
  })
  expect(put.status).toBe(200)
  const { timestamps: _, ...after } = put.body
  const { timestamps: __, ...before } = made.body
  expect(after).toEqual(before)
})

test('answers the same creation once for one Idempotency-Key', async () => {
  const { token } = await organisation()
  const headers = { 'idempotency-key': 'one' }
  const answers = await Promise.all(
    [...Array(8)].map(() => call('POST', '/events', { token, body: event, headers })),
  )
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  const other = await call('POST', '/events', {
    token,
    body: { event: { name: 'Other' } },
    headers,
  })
  expect(other.status).toBe(422)
  const list = await call('GET', '/events', { token })
  expect(list.headers['x-total-count']).toBe('1')
})

test('deletes an event at once', async () => {
  const { token } = await organisation()
  const made = await call('POST', '/events', { token, body: event })
  expect((await call('DELETE', `/events/${made.body.id}`, { token })).status).toBe(200)
  expect((await call('GET', `/events/${made.body.id}`, { token })).status).toBe(404)
})

test('says what is wrong, field by field', async () => {
  const { token } = await organisation()
  const bad = await call('POST', '/events', { token, body: { event: { name: '', colour: 'red' } } })
  expect(bad.status).toBe(400)
  expect(bad.body.errors.map(({ field }: { field: string }) => field)).toEqual([
    'event.name',
    'event.colour',
  ])
  const patched = await call('PATCH', `/events/evt_aaaaaaaaaaaaaaaaaaaaaaaaaa`, { token, body: {} })
  expect(patched.status).toBe(404)
  expect((await call('GET', '/events', {})).status).toBe(401)
  const tok = await call('POST', '/tokens', {
    token,
    body: { role: 'event_staff', events: ['nope'] },
  })
  expect(tok.body.fields).toBe('events[0]')
  expect((await call('PATCH', '/events', { token })).headers.allow).toContain('POST')
})

test('makes tokens that stop working when deleted', async () => {
  const { token } = await organisation()
  const made = await call('POST', '/events', { token, body: event })
  const staff = await call('POST', '/tokens', {
    token,
    body: { role: 'event_staff', events: [made.body.id] },
  })
  expect(staff.status).toBe(200)
  expect((await call('GET', '/me', { token: staff.body.token })).body.events).toEqual([
    made.body.id,
  ])
  expect(
    (await call('DELETE', `/events/${made.body.id}`, { token: staff.body.token })).status,
  ).toBe(403)
  expect((await call('DELETE', `/tokens/${staff.body.token_id}`, { token })).status).toBe(200)
  expect((await call('GET', '/me', { token: staff.body.token })).status).toBe(401)
})

test('answers the deletion of an event again to the same request', async () => {
  const { token } = await organisation()
  const made = await call('POST', '/events', { token, body: event })
  const headers = { 'idempotency-key': 'gone' }
  const first = await call('DELETE', `/events/${made.body.id}`, { token, headers })
  const again = await call('DELETE', `/events/${made.body.id}`, { token, headers })
  expect(again.status).toBe(200)
  expect(again.text).toBe(first.text)
  expect(again.headers['idempotency-replayed']).toBe('true')
})

test('gives events of one name that are made at once short codes of their own', async () => {
  const { token } = await organisation()
  const made = await Promise.all(
    [...Array(5)].map(() => call('POST', '/events', { token, body: event })),
  )
  expect(made.map(({ status }) => status)).toEqual(Array(5).fill(200))
  expect(new Set(made.map(({ body }) => body.short_code)).size).toBe(5)
})

test('answers the making of a token again without ever storing its text', async () => {
  const { token } = await organisation()
  const headers = { 'idempotency-key': 'desk' }
  const body = { role: 'super_admin', name: 'Desk' }
  const made = await call('POST', '/tokens', { token, body, headers })
  const again = await call('POST', '/tokens', { token, body, headers })
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(again.text).toBe(made.text)
  const [, , secret] = made.body.token.split('_')
  expect(await rowsMentioning(secret)).toEqual([])
})
