import { gunzipSync, gzipSync } from 'node:zlib'
import { inParallel } from '#lib/base/in-parallel.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'

/** A row holds 400 KB. */
const partLength = 300_000
const atOnce = 4
/** What a killed writer leaves goes by itself. */
const keptSeconds = 2 * 24 * 60 * 60

/** Which text of a batch: its rows, or what became of them as of a version. */
export type TextOf = 'rows' | number

const prefixOf = (of: TextOf): string => (of === 'rows' ? 'I#' : `R${of}#`)

/** Writes a text of any length beside a batch; what was there under the same name is replaced. */
export async function writeText(scope: EventScope, id: string, of: TextOf, text: string) {
  const packed = gzipSync(text).toString('base64')
  const count = Math.ceil(packed.length / partLength)
  const ttl = Math.floor(Date.now() / 1000) + keptSeconds
  await inParallel([...Array(count).keys()], atOnce, (n) => {
    const key = keys.batchPart(scope, id, `${prefixOf(of)}${String(n).padStart(3, '0')}`)
    const part = packed.slice(n * partLength, (n + 1) * partLength)
    return transact(scope, [put({ ...key, part, ttl })])
  })
}

/** The text again; undefined when there is none. */
export async function readText(
  scope: EventScope,
  id: string,
  of: TextOf,
): Promise<string | undefined> {
  const from = keys.batchPart(scope, id, prefixOf(of)).sk
  const range = { pk: keys.batchParts(scope), from, to: `${from}~` }
  const rows = await queryRows<Key & { part: string }>(scope, range)
  if (rows.length === 0) return undefined
  return gunzipSync(Buffer.from(rows.map(({ part }) => part).join(''), 'base64')).toString('utf8')
}
