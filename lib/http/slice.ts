import { ApiError } from '#lib/base/errors.ts'
import { type PageQuery, readCursor } from './page.ts'

/**
 * The page of a list that is at hand, in the order of `keyOf`. A cursor names the key behind which to go on, so
 * it neither skips nor repeats what was there all the time.
 */
export function sliceBy<T>(
  sorted: T[],
  keyOf: (one: T) => string,
  { limit, offset, cursor }: PageQuery,
): T[] {
  if (cursor === undefined) return sorted.slice(offset, offset + limit)
  const after = readCursor(cursor)
  if (!/^[\w:.#+-]{1,200}$/.test(after)) throw new ApiError('invalid_cursor', { field: 'cursor' })
  if (offset > 0) {
    const message = 'Send cursor or offset, not both.'
    throw new ApiError('invalid_query', { field: 'cursor', message })
  }
  return sorted.filter((one) => keyOf(one) > after).slice(0, limit)
}
