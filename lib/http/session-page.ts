import { ApiError } from '#lib/base/errors.ts'
import type { PageWanted } from '#lib/table/counted.ts'
import { nextLink, type PageQuery, publicUrl, readCursor } from './page.ts'

const place = /^\d{4}-\d\d-\d\dT\d\d:\d\d#ses_[a-z2-7]{26}$/

/** What a page query asks of a list of sessions: their cursors name a start and an id. */
export function sessionPage({ limit, offset, cursor }: PageQuery): PageWanted {
  if (cursor === undefined) return { limit, offset }
  const after = readCursor(cursor)
  if (!place.test(after)) throw new ApiError('invalid_cursor', { field: 'cursor' })
  if (offset > 0) {
    const message = 'Send cursor or offset, not both.'
    throw new ApiError('invalid_query', { field: 'cursor', message })
  }
  return { limit, offset, after }
}

/**
 * The `Link` to the next page. Where that starts was known before the objects were read: one that vanished in
 * between makes a page shorter, and must not look like the end.
 */
export function linkAfter(
  { request, query }: { request: Request; query: PageQuery },
  { total, next }: { total: number; next?: string | undefined },
): Record<string, string> {
  const isLast = query.cursor === undefined && query.offset + query.limit >= total
  return nextLink(publicUrl(request), next, !isLast)
}
