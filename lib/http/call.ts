import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import * as v from 'valibot'
import { ApiError, statusOf } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { externalSystem } from '#lib/base/text.ts'
import { now } from '#lib/base/time.ts'
import type { Event } from '#lib/model/event.ts'
import { isOwnSystem } from '#lib/model/external-id.ts'
import { mayDo, mayEnter } from '#lib/model/roles.ts'
import type { Token } from '#lib/model/token.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { requireEvent } from '#lib/store/read/events.ts'
import { findFeed } from '#lib/store/write/calendar-feeds.ts'
import { requestMs } from '#lib/table/client.ts'
import { encryptionKey } from '#lib/table/encrypt-recorded.ts'
import { Replay, recordRefusal } from '#lib/table/recorded.ts'
import type { RequestKey, Scope } from '#lib/table/scope.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { checkIfMatch } from './answer.ts'
import { authenticate, credentialOf } from './auth.ts'
import { parse, prefixFields, readBody } from './body.ts'
import { type Env, errorAnswer } from './failure.ts'
import { inProgress, recordedText, replayed } from './recorded.ts'
import type { Answer, Call, Route } from './route.ts'

type C = Context<Env>

/** Runs one request in the order that all keep: authentication, authorisation, validation, effect. */
export async function runRoute(c: C, route: Route): Promise<Answer> {
  const scope: Scope = { org: '', deadline: Date.now() + requestMs }
  const request = c.req.raw
  if (route.right === 'public') return route.handle(bareCall(c, route, scope) as never)
  const feed = route.feed ? feedOf(request) : undefined
  if (feed !== undefined) return runFeed(c, route, scope, feed)
  const token = await authenticate(scope, request, route.schedule === true)
  scope.org = token.org
  const call = { ...bareCall(c, route, scope), token }
  // First of all, since a request that deleted its own event is answered again too.
  const requestKey = await requestKeyOf(request, token, route, call.path)
  const before = requestKey && (await replayed(scope, requestKey))
  if (before) return before
  const placed = route.scoped === 'event' ? await enter(call, route) : call
  if (!mayDo(token, route.right)) throw new ApiError('forbidden')
  checkKey(request, route)
  if (!requestKey) return answer(placed, route)
  return answerOnce({ ...placed, requestKey }, route, c.get('requestId'))
}

/**
 * Opens one calendar by its feed and nothing else: the path must name the very event, and the person if the feed
 * is a person's, that the feed was made for. There is no token, so no other right comes with it.
 */
async function runFeed(c: C, route: Route, scope: Scope, text: string): Promise<Answer> {
  const call = bareCall(c, route, scope)
  const feed = await findFeed(scope, text)
  if (!feed) throw new ApiError('not_authorised', { headers: { 'www-authenticate': 'Bearer' } })
  scope.org = feed.org
  const event = await requireEvent(scope, call.params.event ?? '', {
    system: undefined,
    byNumber: false,
    mayEnter: (id) => id === feed.event,
  })
  if (call.params.person !== feed.person) {
    throw new ApiError(call.params.person === undefined ? 'event_not_found' : 'person_not_found')
  }
  return handled(inside(call, event), route)
}

/** The text of a feed, when one was sent and no token beside it. */
function feedOf(request: Request): string | undefined {
  const sent = new URL(request.url).searchParams.getAll('feed')
  if (sent.length === 0) return undefined
  const keyed = ['authorization', 'x-api-key', 'key'].some((name) => request.headers.has(name))
  if (keyed || sent.length > 1) throw new ApiError('ambiguous_credentials')
  return sent[0]
}

type Bare = Call & { event?: unknown }

function bareCall(c: C, route: Route, scope: Scope): Bare {
  const request = c.req.raw
  return {
    scope,
    request,
    view: { zone: 'UTC', format: 'iso', at: now() },
    token: undefined as unknown as Token,
    params: c.req.param() as Record<string, string>,
    query: {},
    body: undefined,
    path: new URL(request.url).pathname,
    sourceIp: c.env?.event?.requestContext?.http?.sourceIp ?? '',
    ...(route.right === 'public' && { query: queryOf(request, route) }),
  }
}

/** Finds the event of the path; missing, foreign and not-yours answer the same. */
async function enter(call: Bare, route: Route): Promise<Bare> {
  const system = systemOf(call.request)
  const may = (id: string) => mayEnter(call.token, id)
  if (route.locate) {
    const { event, params } = await route.locate(call.scope, call.params, may)
    return inside({ ...call, params }, event)
  }
  const event = await requireEvent(call.scope, call.params.event ?? '', {
    system,
    byNumber: route.schedule === true,
    mayEnter: may,
  }).catch((error) => {
    const creates = route.upsert && system !== undefined && mayDo(call.token, 'organisation')
    if (!creates || !(error instanceof ApiError)) throw error
    return undefined
  })
  return event ? inside(call, event) : call
}

function inside(call: Bare, event: Event): Bare {
  return {
    ...call,
    event,
    scope: eventScope(call.scope, event),
    view: { ...call.view, zone: event.dates.zone },
  }
}

/** Validates and handles; usage-log routes answer bad input with 422. */
async function answer(call: Bare, route: Route): Promise<Answer> {
  if (!route.unprocessable) return handled(call, route)
  return handled(call, route).catch((error) => {
    throw error instanceof ApiError && statusOf(error.reason) === 400
      ? asUnprocessable(error)
      : error
  })
}

function asUnprocessable({ message, detail }: ApiError): ApiError {
  const field = detail.field ?? ''
  return new ApiError('invalid_log', { errors: [{ field, message }], ...detail, message })
}

async function handled(call: Bare, route: Route): Promise<Answer> {
  const { timestamp_format, ...query } = queryOf(call.request, route) as {
    timestamp_format: Presentation['format']
  }
  const system = systemOf(call.request)
  checkIfMatch(call.request, route.untagged !== true)
  const spec = route.rawBody ? undefined : route.body
  const body = spec ? await readBody(call.request, spec) : { value: undefined, path: '' }
  const run = (placed: Bare) => {
    const scope = { ...placed.scope, ...(system && { system }) }
    const view = { ...placed.view, format: timestamp_format, ...(system && { system }) }
    return route.handle({ ...placed, scope, query, view, body: body.value } as never)
  }
  return prefixFields(body.path, () =>
    run(call).catch(async (error) => {
      // Of several that create the same by PUT at once, all but the first find it there and replace it.
      if (route.method !== 'put' || !isDuplicate(error)) throw error
      return run(route.upsert && !call.event ? await enter(call, route) : call)
    }),
  )
}

const isDuplicate = (error: unknown): boolean =>
  error instanceof ApiError && /^duplicate_/.test(error.reason)

/** The same request answers the same: from the record, or by an effect that writes it. */
async function answerOnce(
  call: Bare & { requestKey: RequestKey },
  route: Route,
  requestId: string,
): Promise<Answer> {
  const { scope, requestKey } = call
  try {
    return await answer(call, route)
  } catch (error) {
    if (!(error instanceof Replay) && !(error instanceof ApiError)) throw error
    // Whoever lost a race against the same request answers as the winner did.
    const meanwhile = await replayed(scope, requestKey)
    if (meanwhile) return meanwhile
    if (error instanceof Replay) throw inProgress()
    const failed = errorAnswer(error, requestId)
    if (kept(failed.status)) await recordRefusal(scope, requestKey, recordedText(failed))
    throw error
  }
}

const kept = (status: number) => status < 500 && ![401, 403, 409, 413, 415, 429].includes(status)

const keyIn = (request: Request, route: Route): string | null =>
  route.method === 'get' ? null : request.headers.get('idempotency-key')
const isUsable = (key: string) => key !== '' && key.length <= limits.idempotencyKeyLength.value

function checkKey(request: Request, route: Route): void {
  const key = keyIn(request, route)
  if (key === null || isUsable(key)) return
  const message = `1 to ${limits.idempotencyKeyLength.value} characters.`
  throw new ApiError('invalid_header', { field: 'Idempotency-Key', message })
}

/** What the request's key stands for: one token, and a hash of method, path, query and body. */
async function requestKeyOf(
  request: Request,
  token: Token,
  route: Route,
  path: string,
): Promise<RequestKey | undefined> {
  const key = keyIn(request, route)
  if (key === null || !isUsable(key)) return undefined
  const url = new URL(request.url)
  url.searchParams.delete('token')
  const hash = createHash('sha256').update(`${request.method} ${path}${url.search}\n`)
  hash.update(new Uint8Array(await request.clone().arrayBuffer()))
  const seal = encryptionKey(credentialOf(request, route.schedule === true), key)
  return {
    org: token.org,
    token: token.id,
    key,
    hash: hash.digest('base64url'),
    encryptionKey: seal,
  }
}

const timestampFormat = v.optional(
  v.picklist(['iso', 'integer'], 'Expected iso or integer.'),
  'iso',
)

/** Query parameters that the route knows; one that is repeated is refused, unknown ones are ignored. */
function queryOf(request: Request, route: Route): Record<string, unknown> {
  const sent = new URL(request.url).searchParams
  const entries = { ...route.query, timestamp_format: timestampFormat }
  for (const name of Object.keys(entries)) {
    if (sent.getAll(name).length < 2) continue
    const errors = [{ field: name, message: 'Sent more than once.' }]
    throw new ApiError('invalid_query', { field: name, errors })
  }
  const known = [...sent].filter(([name]) => Object.hasOwn(entries, name))
  return parse(v.object(entries), Object.fromEntries(known), '', 'invalid_query')
}

/** The system of the header `ext_id_system`, unless it is our own or absent. */
function systemOf(request: Request): string | undefined {
  const sent = request.headers.get('ext_id_system') ?? request.headers.get('ext-id-system')
  if (sent === null || sent === '' || isOwnSystem(sent)) return undefined
  return parse(externalSystem, sent, 'ext_id_system', 'invalid_header')
}
