import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { HonoBase as Hono } from 'hono/hono-base'
import { ApiError } from '#lib/base/errors.ts'
import { log } from '#lib/base/log.ts'
import { countConsumed } from '#lib/table/consumed.ts'
import { isTransient } from '#lib/table/retry.ts'
import { namesTag } from './answer.ts'
import { runRoute } from './call.ts'
import { admitOrigin, preflight } from './cors.ts'
import { encoded } from './encoding.ts'
import { type Env, errorAnswer } from './failure.ts'
import { answerOf, headersOf, requestOf } from './messages.ts'
import { logRequest } from './request-line.ts'
import type { Answer, Route } from './route.ts'
import { segmentRouter } from './router.ts'

type C = Context<Env>
type Sending = { status: number; headers: Record<string, string> }

const prefixes = ['/api/v2', '/en/api/v2']

/** The Hono app of one endpoint group: every rule of docs/behaviour/requests.md applies to a route by its being one. */
export function createApp(routes: Route[], extend?: (app: Hono<Env>) => void): Hono<Env> {
  const app = new Hono<Env>({ strict: false, router: segmentRouter() })
  app.use(async (c, next) => {
    c.set('requestId', c.env?.event?.requestContext?.requestId || randomUUID())
    c.set('startedAt', Date.now())
    const consumed = { calls: 0, units: 0, conflicts: 0 }
    await countConsumed(consumed, next)
    finish(c)
    await admitOrigin(c)
    logRequest(c, consumed)
  })
  for (const prefix of prefixes) register(app, prefix, routes)
  extend?.(app)
  app.notFound((c) => failure(c, notFound(c)))
  app.onError((error, c) => failure(c, error))
  return app
}

function register(app: Hono<Env>, prefix: string, routes: Route[]): void {
  const paths = Map.groupBy(routes, ({ path }) => path)
  const literalFirst = [...paths].sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
  for (const [path, some] of literalFirst) {
    const pattern = prefix + (path === '/' ? '' : path.replaceAll(/\{(\w+)\}/g, ':$1'))
    for (const route of some) {
      app.on(route.method.toUpperCase(), pattern, async (c) => {
        c.set('route', `${route.method.toUpperCase()} ${path}`)
        return respond(c, await runRoute(c, route))
      })
    }
    const methods = some.map(({ method }) => method.toUpperCase())
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
    app.on('OPTIONS', pattern, async (c) =>
      answerOf(null, 204, (await preflight(c, allow)) ?? { allow }),
    )
    app.all(pattern, (c) => failure(c, new ApiError('method_not_allowed', { headers: { allow } })))
  }
}

/** PUT creates what another system's id names: where a slash in the id has torn the address apart, that is said. */
function notFound(c: C): ApiError {
  const upsert = c.req.method === 'PUT' && c.req.header('ext_id_system') !== undefined
  if (!upsert) return new ApiError('not_found')
  const message = 'There is nothing at this address: an id in a path cannot hold a slash.'
  return new ApiError('invalid_path', { message })
}

/** Sorts literal segments before parameters. */
const rank = (path: string) => path.replaceAll(/\{\w+\}/g, '~')

function respond(c: C, answer: Answer): Response {
  const headers = answer.headers ?? {}
  const seen = c.req.header('if-none-match')
  const asked = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (asked && seen && headers.etag && namesTag(seen, headers.etag, true)) {
    return answerOf(null, 304, headers)
  }
  const { status } = answer
  if (answer.bytes instanceof Uint8Array) return answerOf(answer.bytes, status, headers)
  if (answer.bytes !== undefined) return send(c, answer.bytes, { status, headers })
  if (answer.body === undefined) return answerOf(null, status, headers)
  const typed = { 'content-type': 'application/json', ...headers }
  return send(c, JSON.stringify(answer.body), { status, headers: typed })
}

function send(c: C, text: string, { status, headers }: Sending): Response {
  const { data, headers: written } = encoded(requestOf(c), text, headers)
  return answerOf(data, status, written)
}

function failure(c: C, error: unknown): Response {
  const known = error instanceof ApiError ? error : asApiError(c, error)
  c.set('error', known.reason)
  return respond(c, errorAnswer(known, c.get('requestId')))
}

/** Faults of the store are 503; anything else is logged with the request id and answered `internal`. */
function asApiError(c: C, error: unknown): ApiError {
  if (isTransient(error)) return new ApiError('store_busy', { headers: { 'retry-after': '1' } })
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  log('error', 'unexpected', { request_id: c.get('requestId'), name, text: message, stack })
  return new ApiError('internal')
}

function finish(c: C): void {
  const headers = headersOf(c)
  headers.set('x-request-id', c.get('requestId'))
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'no-referrer')
  if (!headers.has('content-security-policy'))
    headers.set('content-security-policy', "default-src 'none'")
}
