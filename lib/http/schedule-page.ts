import { ApiError } from '#lib/base/errors.ts'
import type { PageWanted } from '#lib/table/counted.ts'
import { type PageQuery, readCursor } from './page.ts'

/** What cursors of these lists name: a log by time in and id, a user by id, a schedule by start and id. */
export const cursorShapes = {
  logs: /^\d{15}#\d{10}$/,
  users: /^\d{10}$/,
  schedules: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#\d{10}$/,
}

/** What a page query asks of a list whose order is not that of random ids. */
export function wantedPage(query: PageQuery, shape: RegExp): PageWanted {
  const { limit, offset, cursor } = query
  if (cursor === undefined) return { limit, offset }
  const after = readCursor(cursor)
  if (!shape.test(after)) throw new ApiError('invalid_cursor', { field: 'cursor' })
  if (offset > 0) {
    const message = 'Send cursor or offset, not both.'
    throw new ApiError('invalid_query', { field: 'cursor', message })
  }
  return { limit, offset, after }
}
