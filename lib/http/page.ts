import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { isId, isUuid, type Kind } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { mayBeCredential } from '#lib/base/shown.ts'
import type { PageWanted } from '#lib/table/counted.ts'
import type { Answer } from './route.ts'

const count = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,12}$/, 'Expected a whole number.'),
    v.transform(Number),
    v.minValue(least, `At least ${least}.`),
    v.maxValue(most, `At most ${most}.`),
  )

/** Query parameters of every list (docs/behaviour/requests.md, Lists); `limit` defaults to 20, bare arrays to 1000. */
export const pageQuery = (defaultLimit = 20) => ({
  limit: v.optional(count(1, limits.pageLimit.value), String(defaultLimit)),
  offset: v.optional(count(0, 1_000_000_000_000), '0'),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(600), v.regex(/^[\w-]+$/, 'Not a cursor.'))),
})

/** A comma list of at most 100 distinct values; blanks are refused. */
export const commaList = v.pipe(
  v.string(),
  v.transform((text) => [...new Set(text.split(',').map((part) => part.trim()))]),
  v.maxLength(limits.commaList.value, `At most ${limits.commaList.value} items.`),
  v.check((parts) => parts.every((part) => part !== ''), 'Blank items are not allowed.'),
)

export type PageQuery = { limit: number; offset: number; cursor?: string | undefined }

/** What a page query asks of a set; a cursor takes the place of the offset. */
export function pageOf(query: PageQuery, kind: Kind | 'uuid'): PageWanted {
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  const fits = after === undefined || (kind === 'uuid' ? isUuid(after) : isId(kind, after))
  if (!fits) throw new ApiError('invalid_cursor', { field: 'cursor' })
  if (after !== undefined && query.offset > 0) {
    throw new ApiError('invalid_query', {
      field: 'cursor',
      message: 'Send cursor or offset, not both.',
    })
  }
  return { limit: query.limit, offset: query.offset, after }
}

/** A cursor names the sort key behind which the next page starts, never a partition. */
const writeCursor = (sk: string): string => Buffer.from(sk).toString('base64url')
export const readCursor = (cursor: string): string => Buffer.from(cursor, 'base64url').toString()

/** The address as the client sees it: the gateway tells whether it was reached by https. */
export function publicUrl(request: Request): string {
  const url = new URL(request.url)
  if (request.headers.get('x-forwarded-proto') === 'http') url.protocol = 'http:'
  return url.href
}

/** `Link: <…>; rel="next"` for a page that is not the last. */
export function nextLink(
  url: string,
  lastSk: string | undefined,
  more: boolean,
): Record<string, string> {
  if (!more || lastSk === undefined) return {}
  const next = new URL(url)
  next.searchParams.delete('offset')
  for (const [name, value] of [...next.searchParams])
    if (isSecret(name, value)) next.searchParams.delete(name)
  next.searchParams.set('cursor', writeCursor(lastSk))
  return { link: `<${next.href}>; rel="next"` }
}

/** However a client spells a credential, or where it puts one by mistake, no echo and no link repeats it. */
const isSecret = (name: string, value: string): boolean =>
  /^(token|feed|key|x-api-key|authorization)$/i.test(name) || mayBeCredential(name + value)

/** The query echoed with defaults filled in and without the token. */
function echoQuery(url: string, page: PageQuery): string {
  const parts = new URL(url).search
    .slice(1)
    .split('&')
    .filter((part) => part && ![...new URLSearchParams(part)].some((pair) => isSecret(...pair)))
  const has = (name: string) => parts.some((part) => new URLSearchParams(part).has(name))
  if (!has('offset') && page.cursor === undefined) parts.push('offset=0')
  if (!has('limit')) parts.push(`limit=${page.limit}`)
  return parts.join('&')
}

type Asking = { request: Request; query: PageQuery }

/**
 * A list as a bare array: the total in `X-Total-Count`, the next page in `Link`. `read` is how many rows the page
 * took, where some may have vanished before they could be printed: that must not look like the end.
 */
export function page(
  call: Asking,
  rows: unknown[],
  total: number,
  lastSk?: string,
  read = rows.length,
): Answer {
  const { limit, offset, cursor } = call.query
  const more = read === limit && (cursor !== undefined || offset + read < total)
  return {
    status: 200,
    body: rows,
    headers: { 'x-total-count': String(total), ...nextLink(publicUrl(call.request), lastSk, more) },
  }
}

/** A list in an object that echoes the query and counts the records, under the list's own name. */
export function record(
  call: Asking,
  name: string,
  rows: unknown[],
  total: number,
  lastSk?: string,
  read = rows.length,
): Answer {
  const answer = page(call, rows, total, lastSk, read)
  const query_string = echoQuery(call.request.url, call.query)
  return { ...answer, body: { query_string, record_number: total, [name]: rows } }
}
