import { expect, test } from 'vitest'
import { client } from '#lib/table/client.ts'
import { expectError } from '#test/support/errors.ts'
import {
  type EventClient,
  freshEvent,
  inTurns,
  makePerson,
  runAllJobs,
} from '#test/support/factories.ts'

const person = (email_address: string) => ({
  person: { profile: { first_name: 'Ada', email_address } },
})

/** How often the store is read while somebody is erased, in an event where others' answers are recorded. */
async function readsOfErasure(at: EventClient, others: number): Promise<number> {
  await inTurns([...Array(others).keys()], async (n) => {
    const key = { 'idempotency-key': `other-${n}` }
    const made = await at.ask('POST', '/people/resources', person(`o${n}@k.example`), key)
    expect(made.status, made.text).toBe(200)
  })
  const { person_id } = await makePerson(at)
  await runAllJobs()
  let reads = 0
  client().middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        if (/^(Query|Scan|GetItem|BatchGetItem)Command$/.test(commandName)) reads += 1
        return next(args)
      },
    { step: 'initialize', name: 'reads' },
  )
  const erased = await at.ask('DELETE', `/people/resources/${person_id}?erase=true`)
  await runAllJobs()
  client().middlewareStack.remove('reads')
  expect(erased.status, erased.text).toBe(200)
  return reads
}

test('reads no recorded answers of others to erase somebody', async () => {
  const few = await readsOfErasure(await freshEvent(), 0)
  const many = await readsOfErasure(await freshEvent(), 120)
  expect(few).toBeGreaterThan(0)
  // A run of jobs more or less, if the machine is slow.
  expect(many).toBeLessThan(few + 20)
})

test('replays no answer about somebody who was erased since', async () => {
  const at = await freshEvent()
  const key = { 'idempotency-key': 'first' }
  const made = await at.ask('POST', '/people/resources', person('gone@k.example'), key)
  const path = `/people/resources/${made.body.person_id}`
  expect((await at.ask('DELETE', `${path}?erase=true`)).status).toBe(200)
  const again = await at.ask('POST', '/people/resources', person('gone@k.example'), key)
  expect(again.status).toBe(410)
  expectError(again, 'answer_erased')
})
