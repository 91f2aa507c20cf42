import { TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { client } from '#lib/table/client.ts'
import { rightBefore } from '#test/support/crashes.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { inject, reset, throttled } from '#test/support/faults.ts'
import { costOf } from '../../bench/store-calls.ts'

async function somebody() {
  const at = await freshEvent()
  const { person_id } = await makePerson(at)
  const path = `/people/resources/${person_id}`
  const patch = (profile: object, headers?: Record<string, string>) =>
    at.ask('PATCH', path, { profile }, headers)
  const profile = async () => (await at.ask('GET', path)).body.profile
  return { at, person: person_id as string, path, patch, profile }
}
const put = 'PutItemCommand'

test('writes a change of nothing but one document for one unit, and with a kept answer as a transaction', async () => {
  const { patch, profile } = await somebody()
  await patch({ company: 'One' })
  const { written } = await costOf(() => patch({ company: 'Two' }))
  expect(written).toBe(1)
  expect((await profile()).company).toBe('Two')
  const kept = await costOf(() => patch({ company: 'Three' }, { 'idempotency-key': 'k' }))
  expect(kept.written).toBeGreaterThan(2)
  expect((await profile()).company).toBe('Three')
})

test.each([
  ['a lost answer', 'after', reset],
  ['a request that never came', 'before', reset],
  ['throttling', 'before', throttled],
  [
    'a transaction on the same row',
    'before',
    () => new TransactionConflictException({ message: 'ongoing', $metadata: {} }),
  ],
] as const)('makes a change once after %s', async (_, when, error) => {
  const { at, path, patch } = await somebody()
  const fault = inject({ command: put, when, times: 1, error })
  const made = await patch({ company: 'Two' })
  fault.end()
  expect(fault.met()).toBe(1)
  expect(made.status, made.text).toBe(200)
  const read = await at.ask('GET', path)
  expect(read.body.profile.company).toBe('Two')
  expect(read.headers.etag).toBe(made.headers.etag)
})

test('reads again when somebody has written in between, so that both changes stay', async () => {
  const { patch, person, profile } = await somebody()
  let between = 0
  rightBefore(person, async () => {
    between = (await patch({ title: 'Theirs' })).status
  })
  expect((await patch({ company: 'Ours' })).status).toBe(200)
  expect(between).toBe(200)
  expect(await profile()).toMatchObject({ company: 'Ours', title: 'Theirs' })
})

test('does not write again over somebody who came after a write whose answer was lost', async () => {
  const { patch, profile } = await somebody()
  const name = 'overwritten'
  let met = 0
  client().middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args)
      if (context.commandName !== put || met > 0) return answer
      met += 1
      expect((await patch({ company: 'Theirs' })).status).toBe(200)
      throw reset()
    },
    { step: 'finalizeRequest', name, priority: 'low' },
  )
  const ours = await patch({ company: 'Ours' })
  client().middlewareStack.remove(name)
  expect([met, ours.status, ours.error]).toEqual([1, 503, 'store_busy'])
  expect((await profile()).company).toBe('Theirs')
})
