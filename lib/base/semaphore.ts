import { ApiError } from './errors.ts'

const places = 2
const maxWaiting = 8
const waiting: (() => void)[] = []
let taken = 0

/**
 * Runs work that costs much memory in one of two places, at most eight more waiting for one; beyond that
 * `store_busy`. After `ms` of running, the caller gets the error of `late`, but the place stays taken until the
 * work has really ended, so that what cannot be interrupted cannot pile up either.
 */
export async function withPermit<T>(
  work: () => Promise<T>,
  ms: number,
  late: () => Error,
): Promise<T> {
  await takePlace()
  const running = work().finally(leavePlace)
  let timer: NodeJS.Timeout | undefined
  const alarm = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms)
  })
  return Promise.race([running, alarm]).finally(() => clearTimeout(timer))
}

async function takePlace(): Promise<void> {
  if (taken < places) {
    taken++
    return
  }
  if (waiting.length >= maxWaiting) {
    throw new ApiError('store_busy', { headers: { 'retry-after': '2' } })
  }
  await new Promise<void>((resolve) => waiting.push(resolve))
}

// A place is handed to the next in the queue without becoming free in between.
function leavePlace(): void {
  const next = waiting.shift()
  if (next) next()
  else taken--
}
