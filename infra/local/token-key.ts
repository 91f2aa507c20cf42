import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Token } from '#lib/model/token.ts'
import { call } from './dynamodb.ts'

type Table = { endpoint: string; name: string }
type Value = { S?: string; L?: { S: string }[] }
type Row = Record<string, Value>

/**
 * Sets the key of a folder, with which its tokens' rows are marked. A folder that has none yet was made by an earlier
 * version: what is in it is marked first, and the key is kept when all of it is.
 */
export async function useTokenKey(folder: string, table: Table): Promise<void> {
  const file = join(folder, 'token-key')
  const kept = read(file)
  process.env.TOKEN_KEY = kept || randomBytes(32).toString('base64url')
  if (kept) return
  await markAll(table)
  writeFileSync(`${file}.new`, process.env.TOKEN_KEY, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

async function markAll(table: Table): Promise<void> {
  let ExclusiveStartKey: unknown
  do {
    const page = await ask(table, 'Scan', {
      FilterExpression: 'begins_with(pk, :token)',
      ExpressionAttributeValues: { ':token': { S: 'K#' } },
      ExclusiveStartKey,
    })
    for (const row of page.Items as Row[]) await mark(table, row)
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
}

async function mark(table: Table, row: Row): Promise<void> {
  const { macOf } = await import('#lib/store/token-mac.ts')
  const hash = row.pk?.S?.slice(2) ?? ''
  await ask(table, 'UpdateItem', {
    Key: { pk: row.pk, sk: row.sk },
    UpdateExpression: 'SET mac = :mac',
    ExpressionAttributeValues: { ':mac': { S: macOf(hash, tokenOf(row)).mac } },
  })
}

function tokenOf(row: Row): Token {
  const text = Object.entries(row).map(([name, { S, L }]) => [name, S ?? L?.map((one) => one.S)])
  return Object.fromEntries(text) as Token
}

async function ask({ endpoint, name }: Table, operation: string, body: object) {
  const answered = await call(endpoint, operation, { TableName: name, ...body })
  if (!answered.ok) throw new Error(`${operation}: ${answered.text}`)
  return JSON.parse(answered.text)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}
