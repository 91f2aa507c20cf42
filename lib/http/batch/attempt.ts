import { ApiError } from '#lib/base/errors.ts'
import { log } from '#lib/base/log.ts'
import { isTransient } from '#lib/table/retry.ts'

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
