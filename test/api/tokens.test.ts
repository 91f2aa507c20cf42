import { describe, expect, it, test } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import type { NewToken } from '#lib/model/token.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { createToken } from '#lib/store/write/tokens.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { transact } from '#lib/table/transact.ts'
import { remove, update } from '#lib/table/writes.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { call, organisation } from '#test/support/call.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import {
  type EventClient,
  freshEvent,
  inTurns,
  makePerson,
  runAllJobs,
} from '#test/support/factories.ts'

const nowhere = 'evt_aaaaaaaaaaaaaaaaaaaaaaaaaa'
const wanting = (fields: Partial<NewToken>): NewToken => ({
  role: 'event_staff',
  name: 'Desk',
  events: [],
  ...fields,
})
const refused = (field: string) => ({ reason: 'invalid_reference', detail: { field } })

test('makes a token for as many events as the limit allows, while all of them are there', async () => {
  const { token } = await organisation()
  const events: string[] = []
  for (let n = 0; n < limits.tokenEvents.value; n += 10) {
    const made = await Promise.all(
      [...Array(10)].map(() => call('POST', '/events', { token, body: { name: 'Rhine' } })),
    )
    events.push(...made.map(({ body }) => body.id))
  }
  const body = { role: 'event_staff', events: [...events.slice(0, -1), events.at(-1)] }
  const headers = { 'idempotency-key': 'many' }
  const made = await call('POST', '/tokens', { token, body, headers })
  expect(made.status, made.text).toBe(200)
  const again = await call('POST', '/tokens', { token, body, headers })
  expect(again.text).toBe(made.text)
  const me = await call('GET', '/me', { token: made.body.token })
  expect(me.body.events).toEqual(events)
  const list = await call('GET', '/tokens', { token })
  expect(list.body.filter(({ name }: { name: string }) => name !== 'Operator')).toHaveLength(1)
})

test('refuses a token for an event that went while it was being made', async () => {
  const at = await freshEvent()
  const scope = await scopeOf(at)
  const going = [at.id, nowhere, at.id]
  await expect(createToken(scope, wanting({ events: going }))).rejects.toMatchObject(
    refused('events[1]'),
  )
  const many = [...Array(limits.tokenEvents.value - 1)].map(() => at.id)
  const last = [...many, nowhere]
  await expect(createToken(scope, wanting({ events: last }))).rejects.toMatchObject(
    refused(`events[${last.length - 1}]`),
  )
})

test('refuses a token for a person who went while it was being made, or is hidden', async () => {
  const at = await freshEvent()
  const scope = await scopeOf(at)
  const [gone, hidden, there] = await Promise.all([...Array(3)].map(() => makePerson(at)))
  const speaking = (person: string) => wanting({ role: 'attendee', events: [at.id], person })
  const goneKey = keys.person(scope, gone.person_id)
  await transact(scope, [remove(goneKey)])
  await transact(scope, [
    ...markDeleting(scope, hidden.person_id),
    update(keys.person(scope, hidden.person_id), { add: { vr: 1 } }),
  ])
  for (const { person_id: id } of [gone, hidden]) {
    await expect(createToken(scope, speaking(id))).rejects.toMatchObject(refused('person'))
  }
  const made = await createToken(scope, speaking(there.person_id))
  expect((await call('GET', '/me', { token: made.text })).body.person).toBe(there.person_id)
})

describe('the list of tokens', () => {
  const listed = async (at: EventClient, query = '') => {
    const { status, body, headers } = await call('GET', `/tokens${query}`, { token: at.token })
    expect(status).toBe(200)
    return { total: Number(headers['x-total-count']), ids: ids(body) }
  }
  const ids = (tokens: { token_id: string }[]) => tokens.map(({ token_id }) => token_id)

  it('counts those that are made, deleted, and end with whom they speak for', async () => {
    const at = await freshEvent()
    const { person_id: person } = await makePerson(at)
    const body = { role: 'attendee', events: [at.id], person }
    const made = await inTurns([...Array(13).keys()], () =>
      call('POST', '/tokens', { token: at.token, body }),
    )
    const [first = '', ...others] = made.map((one): string => one.body.token_id)
    expect((await listed(at)).total).toBe(14)
    await call('DELETE', `/tokens/${first}`, { token: at.token })
    expect((await listed(at)).ids).toEqual(expect.arrayContaining(others))
    expect(await listed(at, '?limit=5&offset=10')).toMatchObject({ total: 13 })
    await at.ask('DELETE', `/people/resources/${person}`)
    await runAllJobs()
    expect((await listed(at)).total).toBe(1)
    await expectConsistent(at)
  })

  it('is whole where nobody has counted it so far', async () => {
    const at = await freshEvent()
    const scope = await scopeOf(at)
    const pk = keys.tokenBuckets(scope)
    const buckets = await queryRows<Key>(scope, { pk })
    await transact(
      scope,
      buckets.map((one) => remove(one)),
    )
    expect((await listed(at)).total).toBe(1)
    const body = { role: 'super_admin', name: 'Second' }
    const second = await call('POST', '/tokens', { token: at.token, body })
    expect((await listed(at)).total).toBe(2)
    await call('DELETE', `/tokens/${second.body.token_id}`, { token: at.token })
    expect((await listed(at)).total).toBe(1)
  })
})
