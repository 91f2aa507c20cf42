import type { Route } from '#lib/http/route.ts'
import type { Json } from './schema.ts'

/**
 * Every header that an answer of ours can have; HTTP's own (Content-Type, Content-Length, Date, Connection) go without
 * saying. Answers in tests are held to what a route documents.
 */
export const headers = {
  'X-Request-Id': header('Names this request in logs and errors.'),
  'Cache-Control': header('`no-store`, but for files of the reference page and for programmes.'),
  'X-Content-Type-Options': header('`nosniff`.'),
  'Referrer-Policy': header('`no-referrer`.'),
  'Content-Security-Policy': header("`default-src 'none'`, but for pages and pictures."),
  'Content-Encoding': header('`br` or `gzip`, for answers over 1 KB to whoever takes it.'),
  Vary: header('`accept-encoding`, where the answer may come packed; `Origin`, where an app asks.'),
  'Access-Control-Allow-Origin': header('The origin of an app that the event names.'),
  'Access-Control-Expose-Headers': header('The headers that such an app may read.'),
  ETag: header('Changes whenever the object does; for `If-Match` and `If-None-Match`.'),
  'X-Total-Count': header('How many there are on all pages.', 'integer'),
  Link: header('Where the next page is, `rel="next"`; absent on the last one.'),
  'Content-Disposition': header('The name under which to keep the file.'),
  'Idempotency-Replayed': header('`true` on the answer of an earlier request with this key.'),
  'Plenary-Conflicts': header(
    'How many clashes this write brought that are to be warned of.',
    'integer',
  ),
  'Retry-After': header('How many seconds to wait before trying again.', 'integer'),
  'WWW-Authenticate': header('`Bearer`: how to say who asks.'),
  'Accept-Encoding': header('The encodings in which a body may come.'),
} satisfies Record<string, Json>
type Name = keyof typeof headers

function header(description: string, type = 'string'): Json {
  return { description, schema: { type } }
}

const everywhere: Name[] = [
  'X-Request-Id',
  'Cache-Control',
  'X-Content-Type-Options',
  'Referrer-Policy',
  'Content-Security-Policy',
  'Content-Encoding',
  'Vary',
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
]

/** Headers of a 200 or 304 answer; those that only one route sends are written out. */
export function successHeaders(route: Route): Json {
  const { returns, returnsOther, query, method } = route
  const { type, entries = {} } = (returns ?? {}) as { type?: string; entries?: object }
  const list = type === 'array' || 'record_number' in entries
  const paged = (query !== undefined && 'cursor' in query) || 'next_cursor' in entries
  const followed = 'changes_list' in entries
  const names: Name[] = [
    ...everywhere,
    ...(returns || returnsOther ? (['ETag'] as const) : []),
    ...(paged || list ? (['X-Total-Count'] as const) : []),
    ...(paged || followed ? (['Link'] as const) : []),
    ...(returnsOther ? (['Content-Disposition'] as const) : []),
    ...replayable(method),
    ...(mayClash(route) ? (['Plenary-Conflicts'] as const) : []),
  ]
  const own = Object.entries(route.headers ?? {}).map(([name, text]) => [name, header(text)])
  return { ...refsOf(names), ...Object.fromEntries(own) }
}

/** Headers of an error, by its status; `writes` where a recorded one may come again. */
export function errorHeaders(status: number, writes: boolean): Json {
  const kept = status < 500 && ![401, 403, 409, 413, 415, 429].includes(status)
  return refsOf([
    ...everywhere,
    ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ...([409, 429, 503].includes(status) ? (['Retry-After'] as const) : []),
    ...(status === 412 ? (['ETag'] as const) : []),
    ...(status === 415 ? (['Accept-Encoding'] as const) : []),
    ...(writes && kept ? (['Idempotency-Replayed'] as const) : []),
  ])
}

/** Batches tell of refusals row by row. */
const mayClash = ({ errors = [] }: Route): boolean =>
  errors.some((name) => name === 'schedule_conflict' || name === 'repeated_row')
const replayable = (method: Route['method']): Name[] =>
  method === 'get' ? [] : ['Idempotency-Replayed']
const refsOf = (names: Name[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
