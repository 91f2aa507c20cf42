import { expect, test } from 'vitest'
import { groups, secretKeys } from '#infra/groups.ts'
import { keys } from '#lib/table/keys.ts'
import { allows, operationsIn, type Statement } from '#test/support/lambda/policy.ts'
import { make, view } from '../template/template.ts'

const template = view(make())
const policyOf = (name: string): Statement[] => {
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}Data`
  return template.properties('IAM::Policy', id).PolicyDocument.Statement
}
const names = [
  ...groups.filter(({ table }) => table === 'write').map(({ name }) => name),
  'sweeper',
]
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'K' } })
/** Who may write these items in one transaction. */
const whoMay = (...TransactItems: Record<string, object>[]) =>
  names.filter((name) =>
    operationsIn('TransactWriteItems', { TransactItems }).every((one) =>
      allows(policyOf(name), one),
    ),
  )

test('knows how the keys of tokens and feeds begin', () => {
  expect(keys.token('x').pk).toBe(`${secretKeys.token}x`)
  expect(keys.feed('x').pk).toBe(`${secretKeys.feed}x`)
})

test('lets only events make a token, and only sessions a feed', () => {
  expect(whoMay({ Put: { Item: key('K#hash') } })).toEqual(['events'])
  expect(whoMay({ Put: { Item: key('KF#hash') } })).toEqual(['sessions'])
})

test('lets nobody hide a token among other writes of a transaction', () => {
  const other = { Put: { Item: key('org_a#evt_b#P') } }
  expect(whoMay(other)).toEqual(names)
  expect(whoMay(other, { Put: { Item: key('K#hash') } })).toEqual(['events'])
})

test('lets everybody note the use of a token, and only events change what it may do', () => {
  const change = (name: string) => ({
    Update: {
      Key: key('K#hash'),
      UpdateExpression: 'SET #a = :a',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#a': name },
    },
  })
  expect(whoMay(change('lastUsedAt'))).toEqual(names)
  expect(whoMay(change('role'))).toEqual(['events'])
})

test('lets those take secrets away who delete people and events', () => {
  expect(whoMay({ Delete: { Key: key('K#hash') } })).toEqual(['events', 'people', 'sweeper'])
  expect(whoMay({ Delete: { Key: key('KF#hash') } })).toEqual(['people', 'sessions', 'sweeper'])
})
