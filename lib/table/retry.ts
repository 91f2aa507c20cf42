import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '#lib/base/errors.ts'
import { callMs } from './client.ts'
import type { Scope } from './scope.ts'

/** What a write that met a newer version of its row throws: `retryOnConflict` reads again and repeats. */
export class VersionConflict extends Error {}

export const busy = () => new ApiError('store_busy', { headers: { 'retry-after': '1' } })

const transientErrors = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'InternalServerError',
  'ServiceUnavailable',
  'TransactionConflictException',
  'TransactionInProgressException',
  'TimeoutError',
  'AbortError',
  'NetworkingError',
])
const sockets = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** True for faults that say nothing of the data: the store, the network or the clock was in the way. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return transientErrors.has(error.name) || sockets.has(code)
}

/** A store that nobody answers for is not waited for as long as a busy one. */
const unreachableMs = 2_000
const isUnreachable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /ECONNREFUSED|ENOTFOUND/.test(String(error.code))

/** Full jitter: a random wait up to twice as long as the last, at most 1 s. */
const pause = (attempt: number) =>
  sleep(Math.random() * Math.min(1_000, 20 * 2 ** Math.min(attempt, 6)))

/** Waits before what the store left undone is asked again; past the deadline it is not. */
export async function backOff(scope: Pick<Scope, 'deadline'>, attempt: number): Promise<void> {
  if (Date.now() >= scope.deadline) throw busy()
  await pause(Math.min(attempt, 5))
}

/**
 * Runs one store call until it succeeds or fails for good; passing faults are repeated inside 8 s and inside
 * the request's deadline, then answered 503 (docs/decisions/001-raw-sdk.md). `again` says which errors may be repeated.
 */
export async function storeCall<T>(
  scope: Pick<Scope, 'deadline'>,
  call: (signal: AbortSignal) => Promise<T>,
  again: (error: unknown) => boolean = isTransient,
): Promise<T> {
  const start = Date.now()
  const until = Math.min(start + callMs, scope.deadline)
  for (let attempt = 0; ; attempt += 1) {
    const left = until - Date.now()
    if (left <= 0) throw busy()
    // Unlike `AbortSignal.timeout`, whose timers stay behind for 8 s after every call.
    const end = new AbortController()
    const timer = setTimeout(() => end.abort(), Math.ceil(left))
    try {
      return await call(end.signal)
    } catch (error) {
      if (!again(error)) throw error
      const patience = isUnreachable(error) ? start + unreachableMs : until
      if (Date.now() >= Math.min(patience, until)) throw busy()
      await pause(attempt)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Repeats read-decide-write while somebody else's write came between, up to the request's deadline. */
export async function retryOnConflict<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error
      if (attempt >= 40 || Date.now() >= scope.deadline) throw busy()
      await pause(Math.min(attempt, 4))
    }
  }
}
