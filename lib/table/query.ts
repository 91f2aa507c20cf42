import { tableName } from '#lib/base/config.ts'
import { client } from './client.ts'
import type { Key } from './keys.ts'
import { backOff, storeCall } from './retry.ts'
import type { Scope } from './scope.ts'
import { batchGet, getItem, query } from './short/commands.ts'

type Until = Pick<Scope, 'deadline'>

/** One row, strongly consistent. Rows that we wrote are trusted to have the shape `T`. */
export async function getRow<T>(scope: Until, key: Key): Promise<T | undefined> {
  const { Item } = await storeCall(scope, (abortSignal) =>
    client().send(getItem({ TableName: tableName(), Key: key, ConsistentRead: true }), {
      abortSignal,
    }),
  )
  return Item as T | undefined
}

export type Range = {
  pk: string
  /** First sort key wanted, inclusive. */
  from?: string
  /** Last sort key wanted, inclusive. */
  to?: string
  /** The sort key after which to go on (a cursor), in the direction of reading. */
  after?: string
  limit?: number
  descending?: boolean
  /** Half the price, for what need not be of this moment: rows that follow others by the stream. */
  eventual?: true
  /** Attributes to read; all when absent. `pk` and `sk` must be named when wanted. */
  only?: string[]
}

/** Rows of one partition in sort-key order, strongly consistent unless told otherwise; without `limit`, all of them. */
export async function queryRows<T>(scope: Until, range: Range): Promise<T[]> {
  const rows: T[] = []
  let start: Record<string, unknown> | undefined =
    range.after === undefined ? undefined : { pk: range.pk, sk: range.after }
  do {
    const left = range.limit === undefined ? undefined : range.limit - rows.length
    const input = { ...queryInput(range), Limit: left, ExclusiveStartKey: start }
    const page = await storeCall(scope, (abortSignal) =>
      client().send(query(input), { abortSignal }),
    )
    rows.push(...((page.Items ?? []) as T[]))
    start = page.LastEvaluatedKey
  } while (start && (range.limit === undefined || rows.length < range.limit))
  return rows
}

/** Rows by key, in the order of the keys, absent ones left out; batches of 100 until nothing is unprocessed. */
export async function getRows<T>(scope: Until, wanted: Key[], only?: string[]): Promise<T[]> {
  const unique = new Map(wanted.map((key) => [`${key.pk}\n${key.sk}`, key]))
  const all = [...unique.values()]
  const found = new Map<string, T>()
  const batches = [...Array(Math.ceil(all.length / 100)).keys()].map((n) =>
    all.slice(n * 100, n * 100 + 100),
  )
  await Promise.all(batches.map((batch) => getBatch(scope, batch, found, only)))
  return [...unique.keys()].flatMap((id) => found.get(id) ?? [])
}

async function getBatch<T>(scope: Until, batch: Key[], found: Map<string, T>, only?: string[]) {
  const names = only && [...new Set(['pk', 'sk', ...only])]
  let wanted: Record<string, unknown>[] = batch
  const table = tableName()
  for (let attempt = 0; wanted.length > 0; attempt += 1) {
    if (attempt > 0) await backOff(scope, attempt - 1)
    const request = { [table]: { Keys: wanted, ConsistentRead: true, ...projection(names) } }
    const answer = await storeCall(scope, (abortSignal) =>
      client().send(batchGet({ RequestItems: request }), { abortSignal }),
    )
    for (const row of answer.Responses?.[table] ?? []) {
      found.set(`${row.pk}\n${row.sk}`, row as T)
    }
    wanted = answer.UnprocessedKeys?.[table]?.Keys ?? []
  }
}

function queryInput({ pk, from, to, descending, only, eventual }: Range) {
  const sk = [undefined, '#sk >= :from', '#sk <= :to', '#sk BETWEEN :from AND :to'][
    (from === undefined ? 0 : 1) + (to === undefined ? 0 : 2)
  ]
  return {
    TableName: tableName(),
    ConsistentRead: !eventual,
    KeyConditionExpression: sk ? `pk = :pk AND ${sk}` : 'pk = :pk',
    ExpressionAttributeValues: {
      ':pk': pk,
      ...(from !== undefined && { ':from': from }),
      ...(to !== undefined && { ':to': to }),
    },
    ...(descending && { ScanIndexForward: false }),
    ...projection(only, sk ? { '#sk': 'sk' } : {}),
  }
}

function projection(only?: string[], names: Record<string, string> = {}) {
  const aliases = Object.fromEntries((only ?? []).map((name, n) => [`#n${n}`, name]))
  const all = { ...names, ...aliases }
  return {
    ...(only && { ProjectionExpression: Object.keys(aliases).join(', ') }),
    ...(Object.keys(all).length > 0 && { ExpressionAttributeNames: all }),
  }
}
