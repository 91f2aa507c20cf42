import { ApiError } from './errors.ts'
import { limits } from './limits.ts'
import { nowMillis } from './time.ts'

type Bucket = { left: number; at: number }

const perSecond = limits.picturesPerSecond.value
const burst = limits.picturesAtOnce.value
const mostBuckets = 10_000
const buckets = new Map<string, Bucket>()

/**
 * Lets an organisation upload five pictures a second, twenty after a pause; beyond that `too_many_requests`
 * (docs/behaviour/pictures.md). Counted per process: the gateway's own throttling bounds all of them together.
 */
export function limitPictures(org: string): void {
  const at = nowMillis()
  const known = buckets.get(org) ?? { left: burst, at }
  const refilled = known.left + (Math.max(0, at - known.at) / 1000) * perSecond
  const left = Math.min(burst, refilled)
  if (left < 1) throw tooMany(1 - left)
  // Newest last, so that what is dropped beyond the bound has been full for longest.
  buckets.delete(org)
  buckets.set(org, { left: left - 1, at })
  const [oldest] = buckets.keys()
  if (buckets.size > mostBuckets && oldest !== undefined) buckets.delete(oldest)
}

const tooMany = (missing: number) =>
  new ApiError('too_many_requests', {
    headers: { 'retry-after': String(Math.ceil(missing / perSecond)) },
  })
