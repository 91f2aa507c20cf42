import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { isUuid } from '#lib/base/ids.ts'
import { ok } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery, publicUrl } from '#lib/http/page.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import { resolveReferences } from '#lib/store/read/references.ts'
import { createFeed, deleteFeed, listFeeds } from '#lib/store/write/calendar-feeds.ts'
import {
  FeedAnswer,
  FeedBody,
  NewFeedAnswer,
  printFeed,
  printNewFeed,
} from '#lib/wire/calendar-feed.ts'
import { eventCalendar } from '#lib/wire/calendars.ts'

const tag = 'Sessions'
const path = '/events/{event}/sessions/feeds'

export const calendarRoutes: Route[] = [
  eventRoute({
    id: 'getCalendar',
    method: 'get',
    path: '/events/{event}/sessions/calendar.ics',
    tag,
    summary: 'Read the sessions as an iCalendar file',
    description: 'A token opens it, or in its place the text of a feed in `?feed=`.',
    right: 'event:read',
    feed: true,
    query: { feed: v.optional(v.string()) },
    returnsOther: { 'text/calendar': 'The calendar' },
    handle: async ({ scope, event }) => eventCalendar(scope, event),
  }),
  eventRoute({
    id: 'createFeed',
    method: 'post',
    path,
    tag,
    summary: 'Make an address under which calendar programs read the sessions',
    description:
      'The address opens one calendar and nothing else: of the event, or of the person named. It is shown this once and works until the feed or the person is deleted.',
    right: 'event:write',
    body: { schema: FeedBody, optional: true },
    returns: NewFeedAnswer,
    errors: ['invalid_reference'],
    example: { person: '' },
    handle: async ({ scope, view, body, request }) => {
      const named = body?.person === undefined ? [] : [body.person]
      const [person] = await resolveReferences(scope, 'person', named, view.system, () => 'person')
      return createFeed(scope, person?.id, (feed, text) =>
        ok(printNewFeed(view, feed, text, publicUrl(request))),
      )
    },
  }),
  eventRoute({
    id: 'listFeeds',
    method: 'get',
    path,
    tag,
    summary: 'List the calendar feeds, without their texts',
    right: 'event:write',
    query: pageQuery(1000),
    returns: v.array(FeedAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) => {
      const { total, rows } = await listFeeds(call.scope, pageOf(call.query, 'uuid'))
      const print = rows.map((feed) => printFeed(call.view, feed))
      return page(call, print, total, rows.at(-1)?.id)
    },
  }),
  eventRoute({
    id: 'deleteFeed',
    method: 'delete',
    path: `${path}/{feed_id}`,
    tag,
    summary: 'Delete a calendar feed; its address stops working',
    right: 'event:write',
    returns: FeedAnswer,
    errors: ['feed_not_found'],
    handle: async ({ scope, view, params }) => {
      const id = params.feed_id ?? ''
      if (!isUuid(id)) throw new ApiError('feed_not_found')
      return deleteFeed(scope, id, (feed) => ok(printFeed(view, feed)))
    },
  }),
]
