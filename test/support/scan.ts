import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { tableName } from '#lib/base/config.ts'
import { client } from '#lib/table/client.ts'

export type Row = Record<string, unknown> & { pk: string; sk: string }

/**
 * Every row of the table that has the text somewhere in it, keys included. Left out is what the feed of changes keeps
 * of everything for some days: ids of what was deleted, and never a value.
 */
export async function rowsMentioning(text: string): Promise<Row[]> {
  const rows = await allRowsMentioning(text)
  return rows.filter(({ pk, swept: _, ...rest }) => {
    if (/#(D|L|L#\d+|LO#[^#]+)$/.test(pk)) return false
    return JSON.stringify({ pk, ...rest }, setsAsLists).includes(text)
  })
}

/** The same with what the feed keeps. */
export async function allRowsMentioning(text: string): Promise<Row[]> {
  const found: Row[] = []
  let start: Record<string, unknown> | undefined
  do {
    const page = await client().send(
      new ScanCommand({ TableName: tableName(), ExclusiveStartKey: start, ConsistentRead: true }),
    )
    for (const row of (page.Items ?? []) as Row[]) {
      if (JSON.stringify(row, setsAsLists).includes(text)) found.push(row)
    }
    start = page.LastEvaluatedKey
  } while (start)
  return found
}

const setsAsLists = (_: string, value: unknown) => (value instanceof Set ? [...value] : value)
