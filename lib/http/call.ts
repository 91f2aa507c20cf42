import type { Context } from 'hono'
import { ApiError } from '#lib/base/errors.ts'
import { limitRequests } from '#lib/base/rate-limit.ts'
import { now } from '#lib/base/time.ts'
import { mayDo } from '#lib/model/roles.ts'
import type { Token } from '#lib/model/token.ts'
import { requestMs } from '#lib/table/client.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { checkIfMatch } from './answer.ts'
import { authenticate } from './auth.ts'
import { bodyOf, prefixFields } from './body.ts'
import { enterEvent } from './enter.ts'
import type { Env } from './failure.ts'
import { answerOnce, checkKey, replayed, requestKeyOf } from './idempotency.ts'
import { requestOf } from './messages.ts'
import { queryOf, systemOf } from './query.ts'
import type { Answer, Asked, Route } from './route.ts'

type C = Context<Env>

/** Runs one request: authenticate, find the event, authorise, validate, handle. */
export async function runRoute(c: C, route: Route): Promise<Answer> {
  const asked = askedBy(c)
  if (route.right === 'public') return answerAnybody(asked, route)
  const opened = await route.open?.(asked)
  if (opened) return answer(opened, route)

  const caller = await authenticate(asked, route.queryCredential)
  const { token } = caller
  limitRequests(token)
  const by = { org: token.org, actor: token.id, request: c.get('requestId') }
  const known = { ...asked, token, scope: { ...asked.scope, ...by } }
  // First of all, since a request that deleted its own event is answered again too.
  const requestKey = await requestKeyOf(known, caller)
  const before = requestKey && (await replayed(known, requestKey))
  if (before) return before

  const enter = route.enter ?? ((one) => enterEvent(one, { number: false, names: route.names }))
  c.set('place', { org: token.org })
  const placed: Asked = route.scoped === 'event' ? await enter(known) : known
  c.set('place', { org: token.org, ...(placed.event && { event: placed.event }) })
  if (!mayDo(token, route.right)) throw new ApiError('forbidden')
  checkKey(asked.request)
  if (!requestKey) return answer(placed, route)
  const call = { ...placed, requestKey }
  return answerOnce(call, c.get('requestId'), () => answer(call, route))
}

function askedBy(c: C): Asked {
  const request = requestOf(c)
  return {
    scope: { org: '', deadline: Date.now() + requestMs },
    request,
    view: { zone: 'UTC', format: 'iso', at: now() },
    token: undefined as unknown as Token,
    params: c.req.param() as Record<string, string>,
    query: {},
    body: undefined,
    path: new URL(request.url).pathname,
    sourceIp: c.env?.event?.requestContext?.http?.sourceIp ?? '',
  }
}

const answerAnybody = async (asked: Asked, route: Route): Promise<Answer> =>
  route.handle({ ...asked, query: queryOf(asked.request, route) } as never)

/** Validates and handles. */
async function answer(asked: Asked, route: Route): Promise<Answer> {
  const { failure } = route
  if (!failure) return validated(asked, route)
  return validated(asked, route).catch((error) => {
    throw error instanceof ApiError ? failure(error) : error
  })
}

async function validated(asked: Asked, route: Route): Promise<Answer> {
  const { request } = asked
  const { timestamp_format, ...query } = queryOf(request, route) as {
    timestamp_format: Presentation['format']
  }
  const system = systemOf(request)
  checkIfMatch(request)
  const body = await bodyOf(request, route.body)
  const run = (placed: Asked) => {
    const scope = { ...placed.scope, ...(system && { system }) }
    const peopleByOurs = placed.token?.role === 'attendee'
    const view = {
      ...placed.view,
      format: timestamp_format,
      peopleByOurs,
      ...(system && { system }),
    }
    return route.handle({ ...placed, scope, query, view, body: body.value } as never)
  }
  return prefixFields(body.path, () =>
    run(asked).catch(async (error) => {
      if (route.method !== 'put' || !isDuplicate(error)) throw error
      return run(await foundMeanwhile(asked, route))
    }),
  )
}

/** Of several that create the same by PUT at once, all but the first find it there and replace it. */
const foundMeanwhile = async (asked: Asked, { scoped, enter = enterEvent }: Route) =>
  scoped === 'event' && !('event' in asked) ? enter(asked) : asked

const isDuplicate = (error: unknown): boolean =>
  error instanceof ApiError && /^duplicate_/.test(error.reason)
