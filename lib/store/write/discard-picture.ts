import { ApiError, statusOf } from '#lib/base/errors.ts'
import { Replay } from '#lib/table/recorded.ts'

/** Runs the rest of a write, and takes its objects back when it surely had no effect. */
export async function orDiscard<T>(
  discard: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // After anything else the row may be there, or come yet: then the job decides.
    const refused = error instanceof ApiError && statusOf(error.reason) < 500
    if (refused || error instanceof Replay) await finished(discard())
    throw error
  }
}

/** Lets clean-up fail where a job repeats it: what the caller is told has happened already. */
export async function finished(work: Promise<void>): Promise<void> {
  await work.catch(() => undefined)
}
