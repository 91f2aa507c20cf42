import { ApiError } from '#lib/base/errors.ts'
import { looksLikeId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import type { ExternalId } from './external-id.ts'

export const isOwnSystem = (system: string): boolean => /^(plenary|eventmobi)$/i.test(system)

type Sent = { id_system: string; id: string }

/**
 * The external ids a body names for the object `own` (undefined: not made yet). The entry of our own system is
 * ignored when it repeats `own`; throws `reserved_id_system`, `reserved_id` or `invalid_body` naming the entry.
 */
export function externalIdsOf(sent: Sent[], own: string | undefined, field: string): ExternalId[] {
  const kept: ExternalId[] = []
  sent.forEach(({ id_system: system, id }, n) => {
    const at = `${field}[${n}]`
    if (isOwnSystem(system)) {
      if (id === own) return
      throw new ApiError('reserved_id_system', { field: `${at}.id_system` })
    }
    if (looksLikeId(id)) throw new ApiError('reserved_id', { field: `${at}.id` })
    if (kept.some((one) => one.system === system)) {
      const message = 'One id per system and object.'
      throw new ApiError('invalid_body', { field: `${at}.id_system`, message })
    }
    kept.push({ system, id })
  })
  const most = limits.externalIds.value
  if (kept.length > most) {
    const message = `At most ${most} external ids.`
    throw new ApiError('invalid_body', { field: `${field}[${most}]`, message })
  }
  return kept
}
