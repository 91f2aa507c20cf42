import { requestRates } from './config.ts'
import { limits } from './limits.ts'
import { tokenBuckets } from './token-bucket.ts'

const pictures = tokenBuckets()
const requests = tokenBuckets()

/** Lets an organisation upload five pictures a second, twenty after a pause (docs/behaviour/pictures.md). */
export const limitPictures = (org: string): void =>
  pictures(org, { perSecond: limits.picturesPerSecond.value, burst: limits.picturesAtOnce.value })

/**
 * Lets a token ask as often as its role may (docs/behaviour/requests.md, How often): nobody uses up what is there
 * for all.
 */
export function limitRequests({ id, role }: { id: string; role: string }): void {
  const rates = requestRates()
  const perSecond = rates[role] ?? rates.others
  requests(id, { perSecond, burst: 3 * perSecond })
}
