import { ApiError } from './errors.ts'
import { nowMillis } from './time.ts'

/** How much may come: so many a second, and so many at once after a pause. */
export type Rate = { perSecond: number; burst: number }
type Bucket = { left: number; at: number }

const mostBuckets = 10_000

/**
 * Takes one from the bucket of a name, or throws `too_many_requests` that says when there is one again. Counted per
 * process: the gateway's own throttling bounds all of them together.
 */
export function tokenBuckets(): (name: string, rate: Rate) => void {
  const buckets = new Map<string, Bucket>()
  return (name, { perSecond, burst }) => {
    const at = nowMillis()
    const known = buckets.get(name) ?? { left: burst, at }
    const refilled = known.left + (Math.max(0, at - known.at) / 1000) * perSecond
    const left = Math.min(burst, refilled)
    if (left < 1) throw tooMany((1 - left) / perSecond)
    // Newest last, so that what is dropped beyond the bound has been full for longest.
    buckets.delete(name)
    buckets.set(name, { left: left - 1, at })
    const [oldest] = buckets.keys()
    if (buckets.size > mostBuckets && oldest !== undefined) buckets.delete(oldest)
  }
}

const tooMany = (seconds: number) =>
  new ApiError('too_many_requests', {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(seconds))) },
  })
