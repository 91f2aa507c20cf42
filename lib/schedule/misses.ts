import { ApiError } from '#lib/errors.ts'
import { limits } from '#lib/limits.ts'
import { nowMillis } from '#lib/time.ts'

const windowMillis = 60_000
const misses = new Map<string, number[]>()

/**
 * Looks an access key up for a token that has not missed too often: 429 after ten unknown keys in a minute
 * (threats T23). Counted by each running function on its own; 128 random bits are what keys rest on.
 */
export async function lookUp<T>(token: string, find: () => Promise<T>): Promise<T> {
  const at = nowMillis()
  const recent = (misses.get(token) ?? []).filter((miss) => miss > at - windowMillis)
  const [oldest] = recent
  if (oldest !== undefined && recent.length >= limits.accessKeyMisses.value) {
    const wait = Math.ceil((oldest + windowMillis - at) / 1000)
    throw new ApiError('too_many_requests', { headers: { 'retry-after': String(wait) } })
  }
  // A try counts as a miss until it is a hit, so that many at once are counted as well.
  if (misses.size > 10_000) misses.clear()
  misses.set(token, [...recent, at])
  try {
    const found = await find()
    forgive(token, at)
    return found
  } catch (error) {
    const missed = error instanceof ApiError && error.reason === 'access_group_not_found'
    if (!missed) forgive(token, at)
    throw error
  }
}

function forgive(token: string, at: number): void {
  const left = misses.get(token) ?? []
  const place = left.indexOf(at)
  const others = left.filter((_, n) => n !== place)
  if (others.length > 0) misses.set(token, others)
  else misses.delete(token)
}
