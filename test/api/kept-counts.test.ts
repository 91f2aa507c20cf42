import { afterEach, expect, it } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { transact } from '#lib/table/transact.ts'
import { put, remove } from '#lib/table/writes.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import {
  type EventClient,
  freshEvent,
  inTurns,
  makeGroup,
  makePerson,
} from '#test/support/factories.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'
import { costOf } from '../../bench/store-calls.ts'

// The list of events keeps the counts of those in which nobody is at work (lib/table/kept-counts.ts).

/** The events of the list as they are listed, and how many store calls that took. */
async function listed({ token }: Pick<EventClient, 'token'>, query = '?limit=100') {
  let events: { id: string; data_counters: Record<string, number> }[] = []
  let total = 0
  const { calls } = await costOf(async () => {
    const { status, body, text, headers } = await call('GET', `/events${query}`, { token })
    expect(status, text).toBe(200)
    events = body
    total = Number(headers['x-total-count'])
  })
  return { events, total, calls }
}

const counters = async (at: EventClient) => {
  const { events } = await listed(at)
  return events.find(({ id }) => id === at.id)?.data_counters
}

const minutes = (n: number) => setClock(() => Date.now() + n * 60_000)
afterEach(() => {
  setClock(Date.now)
})

it('lists events of which nothing has changed for two minutes in a few calls, however many', async () => {
  const at = await freshEvent()
  await inTurns([...Array(20).keys()], (n) =>
    call('POST', '/events', {
      token: at.token,
      body: { name: `No. ${n}`, event_dates: { time_zone_tz: 'Europe/Berlin' } },
    }),
  )
  const first = await listed(at)
  expect(first.total).toBe(21)
  expect(first.calls).toBeLessThanOrEqual(4)
  await makePerson(at)
  const busy = await listed(at)
  expect(busy.calls).toBeGreaterThan(first.calls)
  minutes(3)
  expect((await listed(at)).calls).toBeGreaterThan(first.calls)
  expect((await listed(at)).calls).toBe(first.calls)
  expect(await counters(at)).toMatchObject({ people: 1 })
  // Counted anew after a quarter of an hour.
  minutes(20)
  expect((await listed(at)).calls).toBeGreaterThan(first.calls)
})

it('counts exactly whatever is made and goes, whether counts were kept or not', async () => {
  const at = await freshEvent()
  expect(await counters(at)).toMatchObject({ people: 0, groups: 2, sessions: 0, tracks: 0 })
  const { person_id } = await makePerson(at)
  expect(await counters(at)).toMatchObject({ people: 1 })
  let passed = 0
  const later = async () => {
    passed += 3
    minutes(passed)
    await listed(at)
  }
  await later()
  await makeGroup(at, 'One')
  expect(await counters(at)).toMatchObject({ people: 1, groups: 3 })
  await later()
  const { track_id } = await makeTrack(at, 'Main')
  const { session_id } = await makeSession(at)
  expect(await counters(at)).toMatchObject({ sessions: 1, tracks: 1 })
  await later()
  await at.ask('POST', '/people/custom_fields', { field_name: 'Diet' })
  expect(await counters(at)).toMatchObject({ custom_fields: 1 })
  await later()
  await at.ask('DELETE', `/people/resources/${person_id}`)
  await at.ask('DELETE', `/sessions/resources/${session_id}`)
  await at.ask('DELETE', `/sessions/tracks/${track_id}`)
  expect(await counters(at)).toMatchObject({ people: 0, sessions: 0, tracks: 0 })
  await later()
  expect(await counters(at)).toMatchObject({ people: 0, sessions: 0, tracks: 0, groups: 3 })
})

it('lists events of an organisation that has not counted them so far', async () => {
  const at = await freshEvent()
  const second = await call('POST', '/events', {
    token: at.token,
    body: { name: 'Second', event_dates: { time_zone_tz: 'Europe/Berlin' } },
  })
  const scope = await scopeOf(at)
  const buckets = await queryRows<{ pk: string; sk: string }>(scope, {
    pk: keys.eventBuckets(scope),
  })
  const rows = await queryRows<{ pk: string; sk: string; at: string }>(scope, {
    pk: keys.events(scope),
  })
  await transact(scope, [
    ...buckets.map((row) => remove(row)),
    // As versions before wrote them.
    ...rows.map(({ pk, sk, at: made }) => put({ pk, sk, at: made })),
  ])
  const ids = [at.id, second.body.id].sort()
  expect((await listed(at)).events.map(({ id }) => id)).toEqual(ids)
  expect(await listed(at, '?limit=1&offset=1')).toMatchObject({
    total: 2,
    events: [{ id: ids[1] }],
  })
  const third = await call('POST', '/events', {
    token: at.token,
    body: { name: 'Third', event_dates: { time_zone_tz: 'Europe/Berlin' } },
  })
  expect((await listed(at)).total).toBe(3)
  await call('DELETE', `/events/${third.body.id}`, { token: at.token })
  expect((await listed(at)).total).toBe(2)
})
