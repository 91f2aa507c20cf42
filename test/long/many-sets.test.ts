import { expect, test } from 'vitest'
import { client } from '#lib/table/client.ts'
import { call } from '#test/support/call.ts'
import { rightBefore } from '#test/support/crashes.ts'
import { freshEvent, inTurns, makeGroup, makePerson } from '#test/support/factories.ts'

/** How many transactions the store is asked for meanwhile. */
async function transactions(work: () => Promise<unknown>): Promise<number> {
  let count = 0
  client().middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName?.startsWith('TransactWrite')) count += 1
      return next(args)
    },
    { step: 'initialize', name: 'transactions' },
  )
  await work()
  client().middlewareStack.remove('transactions')
  return count
}

test('puts somebody into 120 groups that were empty without finding each closed in turn', async () => {
  const at = await freshEvent()
  const names = [...Array(120).keys()].map((n) => `Group ${n}`)
  const groups = await inTurns(names, async (name) => (await makeGroup(at, name)).group_id)
  const { person_id: id } = await makePerson(at)
  const body = { person: { assign_groups: groups } }
  const count = await transactions(async () => {
    const answer = await at.ask('PATCH', `/people/resources/${id}`, body)
    expect(answer.status, answer.text).toBe(200)
  })
  // One opens each set; what puts the person in takes few, and none is refused more than once.
  expect(count).toBeLessThan(120 + 16)
})

test('tells who makes a group that a member has just gone', async () => {
  const at = await freshEvent()
  const { person_id: id } = await makePerson(at)
  rightBefore('pressgroup', () => at.ask('DELETE', `/people/resources/${id}`))
  const group = { group_name: 'pressgroup', group_members: [{ member_id: id }] }
  const answer = await at.ask('POST', '/people/groups', { group })
  expect(answer.error).toBe('invalid_reference')
})

test('answers all who put one event under an id of theirs at once', async () => {
  const { token, event } = await freshEvent()
  const body = { event: { name: 'Twin', event_dates: event.event_dates } }
  const headers = { ext_id_system: 'crm' }
  const put = () => call('PUT', '/events/twin', { token, body, headers })
  const answers = await Promise.all([put(), put(), put()])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1)
})
