import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { ScanCommandInput, ScanCommandOutput } from '@aws-sdk/lib-dynamodb'
import { tableName } from '#lib/base/config.ts'
import { client } from '#lib/table/client.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import { isTransient } from '#lib/table/retry.ts'
import { scan } from '#lib/table/short/commands.ts'
import type { Place, Row } from './facts.ts'
import { headOf } from './objects.ts'
import { objectsPk } from './rules/objects.ts'

export type Reading = { rows: number; units: number }

/** Reads the whole table in segments at once, page by page; eventually consistent, which costs half. */
export async function readAll(segments: number, take: (row: Row) => void): Promise<Reading> {
  const reading = { rows: 0, units: 0 }
  const one = async (Segment: number) => {
    let ExclusiveStartKey: Record<string, unknown> | undefined
    do {
      const page = await pageOf({
        TableName: tableName(),
        Segment,
        TotalSegments: segments,
        ExclusiveStartKey,
        ReturnConsumedCapacity: 'TOTAL',
      })
      reading.units += page.ConsumedCapacity?.CapacityUnits ?? 0
      reading.rows += page.Items?.length ?? 0
      for (const row of page.Items ?? []) take(row as Row)
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
  }
  await Promise.all([...Array(segments).keys()].map(one))
  return reading
}

const patienceMs = 60_000

/** Asks for a page until the store gives it: whoever reads a whole table has time, and would have to begin anew. */
async function pageOf(input: ScanCommandInput): Promise<ScanCommandOutput> {
  for (const late = Date.now() + patienceMs; ; await sleep(500)) {
    try {
      return await client().send(scan(input))
    } catch (error) {
      if (!isTransient(error) || Date.now() > late) throw error
    }
  }
}

const until = () => ({ deadline: Date.now() + 600_000 })

/** The rows at some places, strongly consistent, with those that they name; each once. */
async function readPlaces(places: Place[]): Promise<Row[]> {
  const found = new Map<string, Row>()
  const add = (rows: Row[]) => {
    for (const row of rows) found.set(`${row.pk} ${row.sk}`, row)
  }
  const objects = places.filter(({ pk }) => pk === objectsPk)
  const table = places.filter(({ pk }) => pk !== objectsPk)
  const keys = table.flatMap(({ pk, sk }) => (sk === undefined ? [] : { pk, sk }))
  if (keys.length > 0) add(await getRows<Row>(until(), keys))
  for (const { sk = '' } of objects) add(await headOf(sk))
  for (const { pk, from, to, also } of table.filter(({ sk }) => sk === undefined)) {
    const range = { pk, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
    const rows = await queryRows<Row>(until(), range)
    add(rows)
    if (also) add(await readPlaces(also(rows)))
  }
  return [...found.values()].sort((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1))
}

const tries = 8

/**
 * The same as they all stood at one moment: read until nothing has changed between two readings. Nothing where they
 * change all the time.
 */
export async function readStanding(places: Place[]): Promise<Row[] | undefined> {
  let before = await readPlaces(places)
  for (let n = 0; n < tries; n += 1) {
    const again = await readPlaces(places)
    if (isDeepStrictEqual(before, again)) return again
    before = again
    await sleep(20 * n)
  }
  return undefined
}
