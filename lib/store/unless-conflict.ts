import { VersionConflict } from '#lib/table/retry.ts'

/** Runs a write that need not be repeated when somebody else's came first; false when that is so. */
export async function unlessConflict(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (error instanceof VersionConflict) return false
    throw error
  }
}
