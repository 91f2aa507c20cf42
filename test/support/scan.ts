import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { tableName } from '#lib/base/config.ts'
import { client } from '#lib/table/client.ts'

export type Row = Record<string, unknown> & { pk: string; sk: string }

/** Every row of the table that has the text somewhere in it, keys included. */
export async function rowsMentioning(text: string): Promise<Row[]> {
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
