import { ApiError } from '#lib/base/errors.ts'
import { looksLikeId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import type { PlainKind } from '#lib/base/plain-kinds.ts'

/** An id that another system has for an object of ours. */
export type ExternalId = { system: string; id: string }

/** What can have external ids; ids are unique per event, kind and system. */
export type ExternalKind = 'event' | 'person' | 'group' | 'field' | 'session' | 'track' | PlainKind

/** External ids as somebody names them; none named leaves them as they are. */
export type SentIds = { id_system: string; id: string }[] | undefined

export const isOwnSystem = (system: string): boolean => /^(plenary|eventmobi)$/i.test(system)

/** The external ids of something new: those of the path first, then those that were sent. */
export const firstExternalIds = (sent: SentIds, upsert: ExternalId[]): ExternalId[] => [
  ...upsert,
  ...externalIdsOf(sent ?? [], undefined, 'external_ids').filter(
    ({ system }) => system !== upsert[0]?.system,
  ),
]

/** The external ids after a change. */
export const nextExternalIds = (
  sent: SentIds,
  { id, externalIds }: { id: string; externalIds: ExternalId[] },
): ExternalId[] => (sent ? externalIdsOf(sent, id, 'external_ids') : externalIds)

/**
 * The external ids a body names for the object `own` (undefined: not made yet). The entry of our own system is
 * ignored when it repeats `own`; throws `reserved_id_system`, `reserved_id` or `invalid_body` naming the entry.
 */
function externalIdsOf(
  sent: NonNullable<SentIds>,
  own: string | undefined,
  field: string,
): ExternalId[] {
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
