import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { idFrom } from '#lib/base/ids.ts'
import { acceptToken, deleteToken } from '#lib/store/write/tokens.ts'
import { nextNumber } from '#lib/table/counter.ts'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { call, organisation } from '#test/support/call.ts'
import { engines } from '#test/support/engines.ts'

await engines()

const text = () => `plk_${randomBytes(28).toString('hex')}`
const until = () => Date.now() + 60_000

test('gives an operator’s token an organisation that nobody can work out from its text', async () => {
  const token = text()
  const { organisation: org } = await acceptToken(token)
  const { body } = await call('GET', '/me', { token })
  expect(org).not.toBe(idFrom('organisation', token))
  expect(body.token_id).not.toBe(idFrom('token', token))
  expect(await acceptToken(token)).toEqual({ organisation: org })
})

test('accepts the same text by two servers at once for one organisation', async () => {
  const token = text()
  const all = await Promise.all([1, 2, 3, 4].map(() => acceptToken(token)))
  expect(new Set(all.map((one) => one.organisation)).size).toBe(1)
})

test('leads a token that was deleted back to its organisation', async () => {
  const token = text()
  const { organisation: org } = await acceptToken(token)
  const { body } = await call('GET', '/me', { token })
  await deleteToken({ org, deadline: until() }, body.token_id)
  expect(await acceptToken(token)).toEqual({ organisation: org })
  expect((await call('GET', '/me', { token })).status).toBe(200)
})

test('leads a token back to the organisation that an earlier version derived', async () => {
  const token = text()
  const scope = { org: idFrom('organisation', token), deadline: until() }
  await transact(scope, [put({ ...keys.eventOf(scope, 'evt_x'), id: 'evt_x' })])
  expect(await acceptToken(token)).toEqual({ organisation: scope.org })
})

test('counts the events of an organisation for itself', async () => {
  const [one, two] = [await organisation(), await organisation()]
  const numbers = []
  for (const { token } of [one, two, one, two, one]) {
    const body = {
      name: 'Congress',
      event_dates: { start_date: '2027-05-01', end_date: '2027-05-02', time_zone_tz: 'UTC' },
    }
    numbers.push((await call('POST', '/events', { token, body })).body.number)
  }
  expect(numbers).toEqual([1, 1, 2, 2, 3])
})

test('goes on behind the numbers that an earlier version gave to all', async () => {
  const { organisation: org } = await organisation()
  const scope = { org, deadline: until() }
  const family = `test-${randomBytes(4).toString('hex')}`
  await transact(scope, [put({ ...keys.sharedCounter(family), ct: 41 })])
  const drawn = await Promise.all([1, 2, 3, 4, 5].map(() => nextNumber(scope, family)))
  expect(drawn.toSorted()).toEqual([42, 43, 44, 45, 46])
})
