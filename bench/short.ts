import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb'
import { client } from '#lib/table/client.ts'
import { engines } from '#test/support/engines.ts'
import { byHand, plain, wired } from './by-hand.ts'
import type { Measure } from './people.ts'

const TableName = 'plenary'
const row = (n: number) => ({
  pk: 'bench short',
  sk: `person ${String(n).padStart(3, '0')}`,
  first_name: 'Ada',
  last_name: 'Lovelace',
  about: 'Notes on the analytical engine. '.repeat(8),
  groups: [{ group_id: 'a', name: 'Crew' }],
  links: { site: 'https://example.org', mail: null },
  n,
  active: true,
  ids: new Set(['a', 'b']),
})
const Key = { pk: 'bench short', sk: 'person 000' }

/** CPU of this process for a call: the client of the house and calls by hand, against the SDK as it comes. */
export async function shortBench(): Promise<Measure[]> {
  const { dynamodbEndpoint: endpoint } = await engines()
  const sdk = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: 'eu-central-1' }))
  const rows = [...Array(20).keys()].map(row)
  const TransactItems = rows.slice(0, 3).map((Item) => ({ Put: { TableName, Item } }))
  await client().send(
    new TransactWriteCommand({ TransactItems: rows.map((Item) => ({ Put: { TableName, Item } })) }),
  )
  const query = {
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': Key.pk },
    ConsistentRead: true,
  }
  const send = (to: Pick<DynamoDBDocumentClient, 'send'>, limited: boolean) => {
    const more = () => (limited ? { abortSignal: AbortSignal.timeout(8_000) } : {})
    return {
      get: () => to.send(new GetCommand({ TableName, Key, ConsistentRead: true }), more()),
      'query of 20': () => to.send(new QueryCommand(query), more()),
      'transaction of 3': () => to.send(new TransactWriteCommand({ TransactItems }), more()),
    }
  }
  const hand = {
    get: async () => {
      const body = JSON.stringify({ TableName, Key: wired(Key), ConsistentRead: true })
      plain([JSON.parse(await byHand(endpoint, 'GetItem', body)).Item])
    },
    'query of 20': async () => {
      const body = { ...query, ExpressionAttributeValues: wired({ ':pk': Key.pk }) }
      plain(JSON.parse(await byHand(endpoint, 'Query', JSON.stringify(body))).Items)
    },
    'transaction of 3': async () => {
      const puts = rows.slice(0, 3).map((one) => ({ Put: { TableName, Item: wired(one) } }))
      await byHand(endpoint, 'TransactWriteItems', JSON.stringify({ TransactItems: puts }))
    },
  }
  const [bare, house] = [send(sdk, false), send(client(), true)]
  const limits = { get: 0.45, 'query of 20': 0.6, 'transaction of 3': 0.45 }
  const measures: Measure[] = []
  for (const name of ['get', 'query of 20', 'transaction of 3'] as const) {
    const [whole, short, least] = await medians([bare[name], house[name], hand[name]])
    measures.push(
      { name: `${name}: the SDK as it comes`, value: whole, limit: 20, unit: 'ms of CPU' },
      {
        name: `${name}: the short way / the SDK`,
        value: short / whole,
        limit: limits[name],
        unit: '×',
      },
      { name: `${name}: by hand / the SDK`, value: least / whole, limit: 1, unit: '×' },
    )
  }
  return measures
}

/** CPU ms of one call, of several ways in turn: medians of 21 runs of 25 calls. */
async function medians(
  ways: (() => Promise<unknown>)[],
): Promise<[whole: number, short: number, least: number]> {
  const taken: number[][] = ways.map(() => [])
  for (let run = -4; run < 21; run += 1) {
    for (const [n, way] of ways.entries()) {
      const before = process.cpuUsage()
      for (let call = 0; call < 25; call += 1) await way()
      const { user, system } = process.cpuUsage(before)
      if (run >= 0) taken[n]?.push((user + system) / 1_000 / 25)
    }
  }
  const [a = 0, b = 0, c = 0] = taken.map((all) => all.sort((x, y) => x - y)[10] ?? 0)
  return [a, b, c]
}
