import { ApiError } from '#lib/base/errors.ts'
import { finishRecordedWork } from '#lib/store/jobs/open-work.ts'
import { findRecorded, Replay } from '#lib/table/recorded.ts'
import type { EventScope, RequestKey } from '#lib/table/scope.ts'
import { asText, ofText, type RowResult } from './row.ts'

/** The batch that goes on behind its answer, as far as its rows need to know it. */
export type RowKeys = { batch: string; rowKey: string }
type Once = { scope: EventScope; job?: RowKeys }

/**
 * Carries out a row. Behind the answer, where a killed process is followed by another, what became of it is noted in the
 * transaction that carries it out: whoever comes next finds it and writes nothing.
 */
export async function once<T>(
  { scope, job }: Once,
  n: number,
  work: (scope: EventScope) => Promise<T>,
  resultOf: (made: T) => RowResult,
): Promise<RowResult> {
  if (!job || scope.trial) return resultOf(await work(scope))
  const key = keyOf(scope, job, n)
  const before = await noted(scope, key)
  if (before) return before
  const answerOf = (made: unknown) => asText([resultOf(made as T)])
  try {
    return resultOf(await work({ ...scope, recording: { ...key, answerOf } }))
  } catch (error) {
    if (!(error instanceof Replay)) throw error
    const meanwhile = await noted(scope, key)
    if (meanwhile) return meanwhile
    throw new ApiError('store_busy')
  }
}

const keyOf = ({ org }: EventScope, { batch, rowKey }: RowKeys, n: number): RequestKey => ({
  org,
  token: batch,
  key: String(n),
  hash: batch,
  encryptionKey: Buffer.from(rowKey, 'base64url'),
})

async function noted(scope: EventScope, key: RequestKey): Promise<RowResult | undefined> {
  const found = await findRecorded(scope, key)
  if (!found) return undefined
  if (found.job !== undefined && !(await finishRecordedWork(scope, found.job)))
    throw new ApiError('store_busy')
  return ofText(found.text)[0]
}
