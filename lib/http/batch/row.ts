import { ApiError, statusOf } from '#lib/base/errors.ts'
import { log } from '#lib/base/log.ts'
import type { Fields } from '#lib/http/body.ts'
import { isTransient } from '#lib/table/retry.ts'
import type { Recording } from '#lib/table/scope.ts'

/** One row of a batch as it was sent: fields, or what is wrong with it before anybody looks what they mean. */
export type SentRow = Fields | ApiError

export type Done = { status: 'created' | 'updated' | 'unchanged'; id?: string }
/** What became of a row. */
export type RowResult = Done | ApiError

/** Gives what fails as a value: a row that fails harms no other. What nobody has expected is logged. */
export async function attempt<R>(work: () => Promise<R>): Promise<R | ApiError> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ApiError) return error
    if (isTransient(error)) return new ApiError('store_busy')
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
    log('error', 'unexpected', { name, text: message, stack })
    return new ApiError('internal')
  }
}

const keptLength = 250_000

/**
 * Whether a report on many things is recorded for its key. Sent again they change nothing more, so one that is too large
 * to keep, or not final, is made again.
 */
export function isKept(recording: Recording | undefined, results: unknown[]): boolean {
  const isFinal = (one: unknown) => !(one instanceof ApiError) || statusOf(one.reason) < 429
  if (!recording || !results.every(isFinal)) return false
  return recording.answerOf(results).length < keptLength
}
