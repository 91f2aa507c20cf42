import { isIP } from 'node:net'
import { httpsOnly } from '#lib/base/config.ts'
import { isPublicAddress } from '#lib/base/outgoing/address.ts'
import { hostOf, loopback } from '#lib/base/outgoing/host.ts'

/** Why nothing is ever sent to an address or asked of it, as far as its spelling tells; undefined where that is fine. */
export function addressProblem(url: URL, toLoopback: boolean): string | undefined {
  const host = hostOf(url)
  if (toLoopback && loopback(host) !== undefined) return undefined
  if (httpsOnly() && url.protocol !== 'https:') return 'Must be an https URL.'
  if (!['', '80', '443'].includes(url.port)) return 'The port must be 80 or 443.'
  if ((isIP(host) !== 0 && !isPublicAddress(host)) || /^(.*\.)?localhost\.?$/i.test(host)) {
    return 'The address does not belong to the public internet.'
  }
  return undefined
}
