import { ApiError, type ErrorName } from '#lib/base/errors.ts'
import { looksLikeId } from '#lib/base/ids.ts'
import { externalId } from '#lib/base/text.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { guardAbsent } from './answer.ts'
import { parse } from './body.ts'
import type { HttpRequest } from './messages.ts'

type Asking = { params: Record<string, string>; view: Presentation; request: HttpRequest }

/** An id in a body must be one of the names of what the path names: ours, the path's, the caller's system's. */
export function checkOwnId(
  sent: string | null | undefined,
  names: (string | undefined)[],
  field: string,
): void {
  if (sent && !names.includes(sent)) throw new ApiError('id_mismatch', { field })
}

/** The external id under which PUT creates what the caller's system does not know yet; otherwise `missing`. */
export function externalFromPath(
  { params, view, request }: Asking,
  param: string,
  missing: ErrorName,
): ExternalId {
  const id = params[param] ?? ''
  if (!view.system || looksLikeId(id)) throw new ApiError(missing)
  guardAbsent({ request })
  return { system: view.system, id: parse(externalId, id, param, 'invalid_path') }
}

/**
 * The id that a POST body gives to what it creates: none, or one of the caller's system, which becomes its
 * external id. Ids of our own are ours to draw.
 */
export function externalFromBody(
  sent: string | null | undefined,
  field: string,
  { view }: Asking,
): ExternalId[] {
  if (!sent) return []
  if (!view.system || looksLikeId(sent)) throw new ApiError('reserved_id', { field })
  return [{ system: view.system, id: parse(externalId, sent, field) }]
}
