import { ApiError } from '#lib/errors.ts'
import { type PageQuery, readCursor } from '#lib/http/page.ts'
import type { PageWanted } from '#lib/table/counted.ts'

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
