import { expect, test } from 'vitest'
import { freshEvent, makeGroup, makePerson } from '#test/support/factories.ts'
import { cancelled, inject, reset, throttled } from '#test/support/faults.ts'

const write = 'TransactWriteItemsCommand'
const ada = { person: { profile: { first_name: 'Ada', email_address: 'ada@example.com' } } }

test('a lost acknowledgement neither fails a creation nor makes it twice', async () => {
  const at = await freshEvent()
  const fault = inject({ command: write, when: 'after', times: 1, error: reset })
  const made = await at.ask('POST', '/people/resources', ada)
  fault.end()
  expect(fault.met()).toBe(1)
  expect(made.status, made.text).toBe(200)
  expect((await at.ask('GET', '/people')).body.people_number).toBe(1)
})

test('every acknowledgement lost: the retry with the same key answers what was done', async () => {
  const at = await freshEvent()
  await makePerson(at)
  const fault = inject({ command: write, when: 'after', times: 60, error: reset })
  const lost = await at.ask('POST', '/people/resources', ada, { 'idempotency-key': 'k' })
  fault.end()
  expect([200, 503]).toContain(lost.status)
  const again = await at.ask('POST', '/people/resources', ada, { 'idempotency-key': 'k' })
  expect(again.status, again.text).toBe(200)
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect((await at.ask('GET', '/people')).body.people_number).toBe(2)
})

test.each([
  ['a conflict with another transaction', () => cancelled('None', 'TransactionConflict')],
  ['throttling inside a cancellation', () => cancelled('ThrottlingError', 'None')],
  ['throttling of a call', throttled],
])('repeats a write after %s', async (_, error) => {
  const at = await freshEvent()
  const fault = inject({ command: write, when: 'before', times: 3, error })
  const made = await at.ask('POST', '/people/resources', ada)
  fault.end()
  expect(fault.met()).toBe(3)
  expect(made.status, made.text).toBe(200)
})

test('a store that stays busy is 503 with Retry-After for a write that left nothing', async () => {
  const at = await freshEvent()
  const error = () => cancelled('TransactionConflict')
  const fault = inject({ command: write, when: 'before', times: 1_000, error })
  const refused = await at.ask('POST', '/people/resources', ada)
  fault.end()
  expect(refused.status).toBe(503)
  expect(refused.headers['retry-after']).toBe('1')
  expect((await at.ask('GET', '/people')).body.people_number).toBe(0)
})

test('reads go on after a reset', async () => {
  const at = await freshEvent()
  const group = await makeGroup(at, 'Crew')
  const made = await makePerson(at, { assign_groups: [group.group_id] })
  for (const command of ['GetItemCommand', 'QueryCommand', 'BatchGetItemCommand']) {
    const fault = inject({ command, when: 'before', times: 1, error: reset })
    const list = await at.ask('GET', '/people/resources')
    fault.end()
    expect(list.status, command).toBe(200)
    expect(list.body.people_list[0].person_id).toBe(made.person_id)
  }
})
