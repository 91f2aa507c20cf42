import { everyRoute } from '#functions/every-route.ts'
import { codeOf } from '#lib/base/errors.ts'
import { call, type Reply } from '#test/support/call.ts'
import { credentialOf, type World } from '#test/support/security.ts'
import type { Planned } from './requests.ts'
import { writtenBy } from './written.ts'

/** A world with all ids that answers have shown of it, by what they name. */
export type Known = World & { pools: Record<'own' | 'sibling', Record<string, string[]>> }

export const knownOf = (world: World): Known => {
  const pool = (ids: Record<string, string>) =>
    Object.fromEntries(Object.entries(ids).map(([place, id]) => [place, [id]]))
  return { ...world, pools: { own: pool(world.own), sibling: pool(world.sibling) } }
}

export type Sent = {
  method: string
  url: string
  body: string | Uint8Array | undefined
  headers: Record<string, string>
}
export type Judged = { sent: Sent; status: number; fault?: string }

/** Sends a planned request into a world and says what is wrong with what came of it. */
export async function judge(plan: Planned, world: Known): Promise<Judged> {
  const sent = sentOf(plan, world)
  const { token } = credentialOf(world, plan.principal) as { token?: string }
  const { method, url, body, headers } = sent
  try {
    const { value, written } = await writtenBy(() =>
      call(method, url, { token, headers, ...(body !== undefined && { body }) }),
    )
    if (value.status === 200) learn(world, value)
    const fault =
      faultOf(plan.route.id, value, written) ?? (await putBack(plan, sent, token, value))
    return { sent, status: value.status, ...(fault !== undefined && { fault }) }
  } catch (error) {
    return { sent, status: 0, fault: error instanceof Error ? error.message : String(error) }
  }
}

function faultOf(route: string, { status, text }: Reply, written: string[]): string | undefined {
  if (status >= 500 && status !== 503) return `answered ${status}: ${text}`
  // A row of a batch that failed so stands in an answer that did not.
  if (route !== 'getOpenapi' && text.includes(`"code":${codeOf('internal')}`))
    return `answered ${status} with ${text}`
  const changed = status >= 400 && status < 500 ? written.filter((key) => !isOfAnyRequest(key)) : []
  return changed.length > 0
    ? `answered ${status} and wrote ${[...new Set(changed)].join(', ')}`
    : undefined
}

/** What GET gave, sent back by PUT, is taken and changes nothing. */
async function putBack(
  { route, principal, method }: Planned,
  { url, headers }: Sent,
  token: string | undefined,
  got: Reply,
): Promise<string | undefined> {
  if (method !== 'GET' || got.status !== 200 || !/admin/.test(principal)) return undefined
  const twin = everyRoute.find(({ path, method }) => path === route.path && method === 'put')
  if (!twin?.body || twin.right === 'person') return undefined
  const { ext_id_system } = headers
  const query = new URL(url, 'http://x').searchParams.get('timestamp_format')
  const to = url.replace(/\?.*/, '') + (query ? `?timestamp_format=${query}` : '')
  const sent = { ...(ext_id_system && { ext_id_system }), 'if-match': got.headers.etag ?? '' }
  const put = await call('PUT', to, { token, headers: sent, body: got.text })
  // Somebody else was there in between.
  if ([401, 404, 412, 503].includes(put.status)) return undefined
  if (put.status !== 200) return `cannot be put back: ${put.status} ${put.text}`
  const changed = put.headers.etag !== got.headers.etag?.replace(/-(gzip|br)"$/, '"')
  return changed ? `is another after it was put back: ${got.text} / ${put.text}` : undefined
}

/**
 * Rows that a refusal may write: that a token was used, the recorded answer of a key, a number that is drawn, a job that
 * takes back what was begun, how sets and the seats of a session are counted (who is in them stands elsewhere; the first who
 * adds to a set opens its counts, and another may be there before them).
 */
const isOfAnyRequest = (key: string): boolean =>
  /^K#\w+ K$|#Y#|#N#[a-z-]+ -$|^J#|^Z |#SA#\w+ [0-9a-f]+$|#SE#\w+ -$|#(GC|TC|KS) \w+#[0-9a-f]+$/.test(
    key,
  )

export function sentOf(
  { method, path, query, headers, body, principal }: Planned,
  world: Known,
): Sent {
  const credential = credentialOf(world, principal) as { query?: Record<string, string> }
  const pairs = [...query, ...Object.entries(credential.query ?? {})]
  const search = pairs.map((pair) =>
    pair.map((one) => encodeURIComponent(one.toWellFormed())).join('='),
  )
  const filled = withIds(path, world, encodeURIComponent)
  const url =
    filled + (search.length > 0 ? `?${withIds(search.join('&'), world, encodeURIComponent)}` : '')
  const data = typeof body?.data === 'string' ? withIds(body.data, world, (id) => id) : body?.data
  const typed = body?.type ? { ...headers, 'content-type': body.type } : headers
  return { method, url, headers: typed, body: data }
}

const withIds = (text: string, { pools }: Known, spell: (id: string) => string): string =>
  text.replaceAll(
    /(?:‹|%E2%80%B9)(!|%21)?(\w+)(?::|%3A)(\d+)(?:›|%E2%80%BA)/g,
    (_, other, place, n) => {
      const ids = pools[other ? 'sibling' : 'own'][place] ?? []
      return spell(ids[Number(n) % Math.max(1, ids.length)] ?? 'nothing')
    },
  )

const places: Record<string, string> = {
  person_id: 'person',
  session_id: 'session',
  group_id: 'group',
  track_id: 'track',
  room_id: 'room',
  resource_id: 'resource_id',
  ticket_type_id: 'ticket_type_id',
  token_id: 'token_id',
  feed_id: 'feed_id',
  access_key: 'access_key',
}

/** Takes up what a made or listed thing is called, so that later requests find it. */
function learn({ pools, own }: Known, { text }: Reply): void {
  const event = own.event ?? ''
  for (const [, field = '', id = ''] of text.matchAll(/"(\w+_id)":"(\w[\w-]{5,60})"/g)) {
    const pool = pools.own[places[field] ?? '']
    if (pool && id !== event && !pool.includes(id) && pool.length < 40) pool.push(id)
  }
}
