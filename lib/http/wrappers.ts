import { ApiError, statusOf } from '#lib/base/errors.ts'
import type { Event } from '#lib/model/event.ts'
import { mayDo, mayEnter } from '#lib/model/roles.ts'
import { requireEvent } from '#lib/store/read/events.ts'
import { findFeed } from '#lib/store/write/calendar-feeds.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { enterEvent, inside } from './enter.ts'
import type { HttpRequest } from './messages.ts'
import { systemOf } from './query.ts'
import { type Asked, eventRoute, type Route } from './route.ts'

/** A route of schedules: `?token=` is taken, and the event may be named by its number. */
export const scheduleRoute: typeof eventRoute = (spec) => ({
  ...eventRoute(spec),
  queryCredential: 'token',
  enter: (asked) => enterEvent(asked, { number: true }),
})

/** A page for people: newsletters add parameters of their own to its address. */
export const visited = (route: Route): Route => ({ ...route, strayQuery: true })

/** The event, the path's parameters with whatever they named resolved, and rows that were read along. */
type Locate = (
  scope: Scope,
  params: Record<string, string>,
  mayEnter: (event: string) => boolean,
) => Promise<{ event: Event; params: Record<string, string>; along?: EventScope['along'] }>

/** For paths without `{event}`: `locate` finds it by what they name, or throws the 404 of that. */
export const located = (route: Route, locate: Locate): Route => ({
  ...route,
  enter: async (asked) => {
    const may = (id: string) => mayEnter(asked.token, id)
    const { event, params, along } = await locate(asked.scope, asked.params, may)
    return inside({ ...asked, params }, event, along)
  },
})

/** PUT under another system's id that is not known yet reaches the handler without an event. */
export const upserting = (route: Route): Route => ({
  ...route,
  enter: (asked) =>
    enterEvent(asked).catch((error) => {
      const creates = systemOf(asked.request) !== undefined && mayDo(asked.token, 'organisation')
      if (!creates || !(error instanceof ApiError)) throw error
      return asked
    }),
})

/** Bad input is answered 422 with `errors` (docs/behaviour/schedules.md). */
export const unprocessable = (route: Route): Route => ({
  ...route,
  failure: (error) => {
    if (statusOf(error.reason) !== 400) return error
    const { message, detail } = error
    const field = detail.field ?? ''
    return new ApiError('invalid_log', { errors: [{ field, message }], ...detail, message })
  },
})

/** A calendar feed's text in `?feed=` opens the route in place of a token: calendar programs send no headers. */
export const withFeed = (route: Route): Route => ({
  ...route,
  queryCredential: 'feed',
  open: openByFeed,
})

/**
 * Opens one calendar by its feed and nothing else: the path must name the very event, and the person if the feed
 * is a person's, that the feed was made for. There is no token, so no other right comes with it.
 */
async function openByFeed(asked: Asked): Promise<Asked | undefined> {
  const text = feedIn(asked.request)
  if (text === undefined) return undefined
  const feed = await findFeed(asked.scope, text)
  if (!feed) throw new ApiError('not_authorised', { headers: { 'www-authenticate': 'Bearer' } })
  const known = { ...asked, scope: { ...asked.scope, org: feed.org } }
  const event = await requireEvent(known.scope, known.params.event ?? '', {
    system: undefined,
    byNumber: false,
    mayEnter: (id) => id === feed.event,
  })
  const { person } = known.params
  if (person !== feed.person) {
    throw new ApiError(person === undefined ? 'event_not_found' : 'person_not_found')
  }
  return inside(known, event)
}

/** The text of a feed, when one was sent and no token beside it. */
function feedIn(request: HttpRequest): string | undefined {
  const sent = new URL(request.url).searchParams.getAll('feed').filter((text) => text !== '')
  if (sent.length === 0) return undefined
  const keyed = ['authorization', 'x-api-key', 'key'].some((name) => request.headers.has(name))
  if (keyed || sent.length > 1) throw new ApiError('ambiguous_credentials')
  return sent[0]
}
