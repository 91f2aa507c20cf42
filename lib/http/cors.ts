import type { Context } from 'hono'
import { isId } from '#lib/base/ids.ts'
import type { Event } from '#lib/model/event.ts'
import { isNamedBy, isNamedForAll } from '#lib/store/read/naming-events.ts'
import type { Env } from './failure.ts'
import { headersOf } from './messages.ts'

type C = Context<Env>

/** What an app may read of an answer beside its body. */
const exposed = 'ETag, Link, X-Total-Count, X-Request-Id, Retry-After, Idempotency-Replayed'
/** What an app may send. */
const sendable =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-KEY, Key, ext_id_system'
const rememberSeconds = 600
const lookupMs = 3_000

/** The answer to a browser that asks whether an app may; nothing for what is no such question. */
export async function preflight(c: C, allow: string): Promise<Record<string, string> | undefined> {
  const origin = originOf(c)
  if (origin === undefined || !c.req.header('access-control-request-method')) return undefined
  const headers = { allow, vary: 'Origin' }
  if (!(await isNamed(c, origin))) return headers
  return {
    ...headers,
    'access-control-allow-origin': origin,
    'access-control-allow-methods': allow,
    'access-control-allow-headers': sendable,
    'access-control-max-age': String(rememberSeconds),
  }
}

/** Lets an app read the answer, where the event that it is of names the app's origin; never with cookies. */
export async function admitOrigin(c: C): Promise<void> {
  const origin = originOf(c)
  if (origin === undefined || c.req.method === 'OPTIONS') return
  const headers = headersOf(c)
  headers.set('vary', [headers.get('vary'), 'Origin'].filter(Boolean).join(', '))
  const { event, org } = c.get('place') ?? {}
  const asking = event ? isNamedIn(event, origin) : isNamed(c, origin, org)
  if (!(await asking.catch(() => false))) return
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-expose-headers', exposed)
}

/** An origin as browsers send it; `null` is nobody's. */
function originOf(c: C): string | undefined {
  const origin = c.req.header('origin')
  return origin && /^https?:\/\//.test(origin) && origin.length <= 300 ? origin : undefined
}

const isNamedIn = async ({ org, allowedOrigins = [] }: Event, origin: string): Promise<boolean> =>
  allowedOrigins.includes(origin) || isNamedForAll(untilSoon(), origin, org)

/**
 * Whether the event of the path names the origin, or its organisation for all; where the path names none by its id,
 * whether anybody does, of the organisation as far as that is known.
 */
function isNamed(c: C, origin: string, org?: string): Promise<boolean> {
  const [, named = ''] = /\/events?\/([^/]+)/.exec(c.req.path) ?? []
  const event = isId('event', named) ? named : undefined
  return isNamedBy(untilSoon(), origin, { event, org })
}

const untilSoon = () => ({ deadline: Date.now() + lookupMs })
