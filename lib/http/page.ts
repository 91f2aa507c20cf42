import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { isId, isUuid, type Kind } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import type { Page, PageWanted } from '#lib/base/page.ts'
import { etagOf, type Presentation, printTagged } from '#lib/wire/presentation.ts'
import { ok, type Print } from './answer.ts'
import type { HttpRequest } from './messages.ts'
import type { Answer } from './route.ts'

/** A whole number in a query. */
export const count = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,12}$/, 'Expected a whole number.'),
    v.transform(Number),
    v.minValue(least, `At least ${least}.`),
    v.maxValue(most, `At most ${most}.`),
  )

/** Query parameters of every list; `limit` defaults to 20, in bare arrays to 1000. */
export const pageQuery = (defaultLimit: number = limits.pageDefault.value) => ({
  limit: v.optional(count(1, limits.pageLimit.value), String(defaultLimit)),
  offset: v.optional(count(0, limits.offset.value), '0'),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(600), v.regex(/^[\w-]+$/, 'Not a cursor.'))),
})

/** A comma list of at most 100 distinct values, split already. What is blank matches nothing: blanks alone are an empty list. */
export const commaList = v.pipe(
  v.array(v.string()),
  v.transform((items) => [...new Set(items.map((item) => item.trim()))].filter(Boolean)),
  v.maxLength(limits.commaList.value, `At most ${limits.commaList.value} items.`),
)

/** Words to find something by; more than a line of them is a mistake. */
export const wordQuery = v.pipe(
  v.string(),
  v.maxLength(limits.nameLength.value, `At most ${limits.nameLength.value} characters.`),
  v.description('Words, each of which begins a word of what is found, whatever case and accents.'),
)

export type PageQuery = { limit: number; offset: number; cursor?: string | undefined }

/** What the cursors of lists name that are not in the order of ids. */
const orders = {
  /** A log by time in and id. */
  logs: /^\d{15}#\d{10}$/,
  users: /^\d{10}$/,
  /** By start and id. */
  schedules: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#\d{10}$/,
  sessions: /^\d{4}-\d\d-\d\dT\d\d:\d\d#ses_[a-z2-7]{26}$/,
  /** A list that is at hand as a whole. */
  keys: /^[\w:.#+-]{1,200}$/,
}
type Order = Kind | 'uuid' | keyof typeof orders

/** What a page query asks of a list in that order; a cursor takes the place of the offset. */
export function pageOf({ limit, offset, cursor }: PageQuery, order: Order): PageWanted {
  if (cursor === undefined) return { limit, offset }
  const after = Buffer.from(cursor, 'base64url').toString()
  if (!isPlace(after, order)) throw new ApiError('invalid_cursor', { field: 'cursor' })
  if (offset > 0) {
    const message = 'Send cursor or offset, not both.'
    throw new ApiError('invalid_query', { field: 'cursor', message })
  }
  return { limit, offset, after }
}

function isPlace(text: string, order: Order): boolean {
  if (order === 'uuid') return isUuid(text)
  return order in orders
    ? orders[order as keyof typeof orders].test(text)
    : isId(order as Kind, text)
}

type Asking = { request: HttpRequest; query: PageQuery; view: Presentation }

/** A list as a bare array: the total in `X-Total-Count`, the next page in `Link`. */
export const page = <T>(call: Asking, print: Print<T>, found: Page<T>): Answer =>
  listed(call, found, (view) => found.rows.map((row) => print(view, row)))

/** A list in an object that echoes the query and counts the records, under the list's own name. */
export const record = <T>(call: Asking, name: string, print: Print<T>, found: Page<T>): Answer =>
  listed(call, found, (view) => ({
    query_string: echoQuery(call.request.url, call.query),
    ...counted(found),
    [name]: found.rows.map((row) => print(view, row)),
  }))

/** A page in a body of any form, with an ETag that knows the headers too: 304 must not hide a new total. */
export function listed(
  { request, view }: Asking,
  found: Page<unknown>,
  print: (view: Presentation) => unknown,
): Answer {
  const { body, forTag } = printTagged(view, print)
  return ok(body, {
    etag: etagOf([forTag, found.total, found.next ?? '']),
    ...pageHeaders(publicUrl(request), found),
  })
}

/** What every list in an object says of itself. */
export const counted = ({ total, next }: Page<unknown>) => ({
  record_number: total,
  next_cursor: next === undefined ? null : cursorOf(next),
})

/** The total, and `Link: <…>; rel="next"` on a page that is not the last. */
export function pageHeaders(url: string, { total, next }: Page<unknown>): Record<string, string> {
  const headers = { 'x-total-count': String(total) }
  if (next === undefined) return headers
  const to = new URL(url)
  to.searchParams.delete('offset')
  for (const name of credentialNames(to)) to.searchParams.delete(name)
  to.searchParams.set('cursor', cursorOf(next))
  return { ...headers, link: `<${to.href}>; rel="next"` }
}

/** A cursor names the sort key behind which the next page starts, never a partition. */
const cursorOf = (sk: string): string => Buffer.from(sk).toString('base64url')

/** Parameters that may hold a credential, however they were spelled. */
const credentialNames = ({ searchParams }: URL): string[] =>
  [...searchParams.keys()].filter((name) => /^(token|feed)$/i.test(name))

/** The address as the client sees it: the gateway tells whether it was reached by https. */
export function publicUrl(request: HttpRequest): string {
  const url = new URL(request.url)
  if (request.headers.get('x-forwarded-proto') === 'http') url.protocol = 'http:'
  return url.href
}

/** The query echoed with defaults filled in and without any credential. */
function echoQuery(url: string, page: PageQuery): string {
  const parts = new URL(url).search
    .slice(1)
    .split('&')
    .filter((part) => part && credentialNames(new URL(`?${part}`, url)).length === 0)
  const has = (name: string) => parts.some((part) => part === name || part.startsWith(`${name}=`))
  if (!has('offset') && page.cursor === undefined) parts.push('offset=0')
  if (!has('limit')) parts.push(`limit=${page.limit}`)
  return parts.join('&')
}
