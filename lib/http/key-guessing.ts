import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { nowMillis } from '#lib/base/time.ts'

const windowMillis = 60_000
const misses = new Map<string, number[]>()

/**
 * Looks an access key up for a token that has not missed too often: 429 after ten unknown keys in a minute.
 * Counted by each running function on its own; 128 random bits are what keys rest on.
 */
export async function lookUp<T>(token: string, find: () => Promise<T>): Promise<T> {
  checkMisses(token)
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'access_group_not_found') throw error
    // Of many tried at once, those beyond the tenth learn no more than those that come later.
    checkMisses(token)
    if (misses.size > 10_000) misses.clear()
    misses.set(token, [...recentMisses(token), nowMillis()])
    throw error
  }
}

function checkMisses(token: string): void {
  const recent = recentMisses(token)
  const [oldest] = recent
  if (oldest === undefined || recent.length < limits.accessKeyMisses.value) return
  const wait = Math.ceil((oldest + windowMillis - nowMillis()) / 1000)
  throw new ApiError('too_many_requests', { headers: { 'retry-after': String(wait) } })
}

const recentMisses = (token: string): number[] =>
  (misses.get(token) ?? []).filter((at) => at > nowMillis() - windowMillis)
