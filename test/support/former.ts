import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type AttributeValue, BatchWriteItemCommand } from '@aws-sdk/client-dynamodb'
import { chunks } from '#lib/base/chunks.ts'
import { tableName } from '#lib/base/config.ts'
import { client } from '#lib/table/client.ts'
import { call } from './call.ts'
import { patiently } from './factories.ts'

type Row = Record<string, AttributeValue>
type Stored = {
  ids: Record<string, string> &
    Record<'people' | 'groups' | 'tracks' | 'sessions' | 'types', string[]>
  /** Path below the event → what that version answered; `mine`: to Ada. */
  answers: Record<string, unknown>
  mine: Record<string, unknown>
  rows: Row[]
}

const file = new URL('../long/data/made-by-97d70a3.json.gz', import.meta.url)
let copies = 0

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/**
 * An event as commit 97d70a3 stored it, with 15 pieces of work in the queue that were never carried out: put into the
 * table under organisations of their own.
 */
export async function formerEvent() {
  copies += 1
  const text = gunzipSync(readFileSync(file)).toString()
  const orgs = [...new Set(text.match(/org_[a-z2-7]{26}/g))]
  const mark = `zz${String.fromCharCode(97 + Math.trunc(copies / 26), 97 + (copies % 26))}`
  const renewed = (old: string) => old.slice(0, -4) + mark
  const { ids: old }: Stored = JSON.parse(text)
  const own = renewed(orgs.find((org) => text.includes(`${org}#${old.event}`)) ?? '')
  // A process knows a token's organisation for a while: each copy has tokens of its own.
  const tokens = ['token', 'adaToken', 'eveToken'].map((name) => String(old[name]))
  const copy = tokens.reduce(
    (all, one) => all.replaceAll(hashOf(one), hashOf(renewed(one))).replaceAll(one, renewed(one)),
    orgs.reduce((all, org) => all.replaceAll(org, renewed(org)), text),
  )
  const stored: Stored = JSON.parse(copy)
  // Work has an id of its own, whoever's it is.
  const rows = stored.rows.map((row) =>
    row.pk?.S === 'Z' ? { ...row, sk: { S: `${row.sk?.S?.slice(0, -4)}${mark}` } } : row,
  )
  for (const some of chunks(rows, 25)) {
    const puts = some.map((Item) => ({ PutRequest: { Item } }))
    await client().send(new BatchWriteItemCommand({ RequestItems: { [tableName()]: puts } }))
  }
  const { ids } = stored
  const asking =
    (token: string | undefined) =>
    (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
      patiently(() =>
        call(method, `/events/${ids.event}${path}`, {
          token,
          ...(body !== undefined && { body }),
          ...(headers && { headers }),
        }),
      )
  const token = ids.token ?? ''
  const at = { token, id: ids.event ?? '', event: undefined, ask: asking(token) }
  return {
    ...stored,
    org: own,
    at,
    ask: at.ask,
    asAda: asking(ids.adaToken),
    asEve: asking(ids.eveToken),
  }
}
