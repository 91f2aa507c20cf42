import { ApiError, statusOf } from '#lib/base/errors.ts'
import { log } from '#lib/base/log.ts'
import { isTransient } from '#lib/table/retry.ts'
import type { Recording } from '#lib/table/scope.ts'

/** Gives what fails as a value: of many things, one that fails harms no other. What nobody has expected is logged. */
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
