import { ApiError } from '#lib/base/errors.ts'
import { finishRecordedWork } from '#lib/store/jobs/open-work.ts'
import { refuseErased } from '#lib/store/read/erased.ts'
import { findRecorded } from '#lib/table/recorded.ts'
import type { RequestKey, Scope } from '#lib/table/scope.ts'
import type { Answer } from './route.ts'

/** An answer as it is recorded: only the caller's own credential opens it again. */
export const recordedText = ({ status, body, headers }: Answer): string =>
  JSON.stringify({ status, body, headers })

/**
 * The answer of an earlier request with this key, when what it decided is done; throws `answer_erased` when it was
 * about somebody who is erased since.
 */
export async function replayed(scope: Scope, key: RequestKey): Promise<Answer | undefined> {
  const found = await findRecorded(scope, key)
  if (!found) return undefined
  if (found.job !== undefined && !(await finishRecordedWork(scope, found.job))) throw inProgress()
  const answer = JSON.parse(found.text) as Answer
  await refuseErased(scope, found.text)
  return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } }
}

export const inProgress = (): ApiError =>
  new ApiError('request_in_progress', { headers: { 'retry-after': '1' } })
