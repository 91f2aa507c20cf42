import { randomBytes } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import { isId, newId } from '#lib/base/ids.ts'
import { instantOf, nowMillis } from '#lib/base/time.ts'
import { type Batch, isOver, type WantedBatch } from '#lib/model/batch.ts'
import { newJob } from '#lib/store/queue.ts'
import { deletePartition } from '#lib/table/delete-partition.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit, transact } from '#lib/table/transact.ts'
import { put, remove } from '#lib/table/writes.ts'
import { readText, writeText } from './parts.ts'

/** The texts of a batch: its rows, and what became of them so far. */
export type Texts = { rows: string; results: string }

/** Writes a batch down, with the job that carries on with it. */
export async function createBatch(
  scope: EventScope,
  wanted: WantedBatch,
  texts: Texts,
): Promise<Batch> {
  const id = newId('batch')
  const made: Batch = {
    ...wanted,
    id,
    status: 'running',
    createdAt: instantOf(nowMillis()),
    rowKey: randomBytes(32).toString('base64url'),
    vr: 1,
  }
  await writeText(scope, id, 'rows', texts.rows)
  await writeText(scope, id, made.vr, texts.results)
  const row = put(
    { ...keys.batch(scope, id), ...made, kind: 'batch' },
    { exists: false },
    'conflict',
  )
  return commit(scope, [row, ...newJob(scope, 'batch', { batch: id }).writes], made)
}

export const findBatch = (scope: EventScope, id: string): Promise<Batch | undefined> =>
  getRow<Batch>(scope, keys.batch(scope, id))

export async function requireBatch(scope: EventScope, id: string): Promise<Batch> {
  const found = isId('batch', id) ? await findBatch(scope, id) : undefined
  if (!found || isOver(found, nowMillis())) throw new ApiError('batch_not_found')
  return found
}

/** What a batch consists of; undefined when there is nothing of it any more. */
export const rowsOf = (scope: EventScope, { id }: Batch) => readText(scope, id, 'rows')
/** What became of its rows so far. */
export const resultsOf = (scope: EventScope, { id, vr }: Batch) => readText(scope, id, vr)

/**
 * From one state of a batch to the next, which has these results; in conflict when somebody came between. A batch that is at
 * its end keeps what became of its rows, and no longer what they were.
 */
export async function noteBatch(
  scope: EventScope,
  before: Batch,
  after: Batch,
  results: string,
): Promise<void> {
  const { id, vr } = before
  const isAtEnd = after.status !== 'running'
  if (isAtEnd && after.isForgotten) return removeBatch(scope, before)
  await writeText(scope, id, after.vr, results)
  const ttl = after.expiresAt && Math.ceil(Date.parse(after.expiresAt) / 1000)
  const row = { ...keys.batch(scope, id), ...after, kind: 'batch', ...(ttl && { ttl }) }
  await transact(scope, [put(row, { vr }, 'conflict')])
  await deleteParts(scope, `${id}#R${vr}#`)
  if (isAtEnd) await deleteParts(scope, `${id}#I#`)
}

/** Somebody who may be named in the event's batches is erased: what is at its end goes, the rest when it is. Repeatable. */
export async function endBatches(scope: EventScope): Promise<void> {
  const all = await queryRows<Batch>(scope, { pk: keys.batches(scope) })
  for (const { id } of all) {
    await retryOnConflict(scope, async () => {
      const one = await findBatch(scope, id)
      if (!one || one.isForgotten) return
      if (one.status !== 'running') return removeBatch(scope, one)
      const next = { ...one, isForgotten: true, kind: 'batch' }
      await transact(scope, [
        put({ ...keys.batch(scope, id), ...next }, { vr: one.vr }, 'conflict'),
      ])
    })
  }
}

async function removeBatch(scope: EventScope, { id, vr }: Batch): Promise<void> {
  await transact(scope, [remove(keys.batch(scope, id), { vr }, 'conflict')])
  await deleteParts(scope, `${id}#`)
}

const deleteParts = (scope: EventScope, from: string): Promise<boolean> =>
  deletePartition(scope, keys.batchParts(scope), from, `${from}~`)
