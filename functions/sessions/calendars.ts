import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { isUuid } from '#lib/base/ids.ts'
import { hasAnswer, ok, untagged, write } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery, publicUrl } from '#lib/http/page.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import { withFeed } from '#lib/http/wrappers.ts'
import type { Feed, MadeFeed } from '#lib/model/calendar-feed.ts'
import { listFeeds } from '#lib/store/read/calendar-feeds.ts'
import { requireMe } from '#lib/store/read/profiles.ts'
import { resolveReferences } from '#lib/store/read/references.ts'
import { createFeed, deleteFeed } from '#lib/store/write/calendar-feeds.ts'
import {
  FeedAnswer,
  FeedBody,
  NewFeedAnswer,
  printFeed,
  printNewFeed,
} from '#lib/wire/calendar-feed.ts'
import { eventCalendar, eventSchedule } from '#lib/wire/calendars.ts'
import { FrabAnswer } from '#lib/wire/frab-answer.ts'

const tag = 'Sessions'
const path = '/events/{event}/sessions/feeds'

/** The programme in the form of frab and pentabarf, in which schedule apps read it. */
const scheduleFile = (
  form: 'xml' | 'json',
  spec: Pick<Route, 'id' | 'returns' | 'returnsOther'>,
): Route =>
  withFeed(
    eventRoute({
      ...spec,
      method: 'get',
      path: `/events/{event}/sessions/schedule.${form}`,
      tag,
      summary: `Read the sessions as schedule.${form}, the format of schedule apps (frab, pentabarf)`,
      description: 'A token opens it, or in its place the text of a feed in `?feed=`.',
      headers: { 'Content-Disposition': 'The name under which to keep the file.' },
      right: 'event:read',
      handle: (call) => eventSchedule(call.scope, call.event, hasAnswer(call), form),
    }),
  )

export const calendarRoutes: Route[] = [
  withFeed(
    eventRoute({
      id: 'getCalendar',
      method: 'get',
      path: '/events/{event}/sessions/calendar.ics',
      tag,
      summary: 'Read the sessions as an iCalendar file',
      description: 'A token opens it, or in its place the text of a feed in `?feed=`.',
      right: 'event:read',
      returnsOther: { 'text/calendar': 'The calendar' },
      handle: (call) => eventCalendar(call.scope, call.event, hasAnswer(call)),
    }),
  ),
  scheduleFile('xml', {
    id: 'getScheduleXml',
    returnsOther: { 'application/xml': 'The schedule' },
  }),
  scheduleFile('json', { id: 'getScheduleJson', returns: FrabAnswer }),
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
    handle: async (call) => {
      const { scope, view, body, request } = call
      const named = body?.person === undefined ? [] : [body.person]
      const [person] = await resolveReferences(scope, 'person', named, () => 'person')
      return write(
        call,
        (made: MadeFeed) => ok(printNewFeed(view, made, publicUrl(request))),
        (recorded) => createFeed(recorded, person?.id),
      )
    },
  }),
  eventRoute({
    id: 'createMyFeed',
    method: 'post',
    path: '/events/{event}/people/me/sessions/feeds',
    tag: 'Attendees',
    summary: 'Make an address under which a calendar program reads the agenda of the caller',
    right: 'person',
    body: { schema: v.strictObject({}), optional: true },
    returns: NewFeedAnswer,
    errors: ['person_not_found'],
    handle: async (call) => {
      const { scope, token, view, request } = call
      const me = await requireMe(scope, token)
      return write(
        call,
        (made: MadeFeed) => ok(printNewFeed(view, made, publicUrl(request))),
        (own) => createFeed(own, me.id),
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
    handle: async (call) =>
      page(call, printFeed, await listFeeds(call.scope, pageOf(call.query, 'uuid'))),
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
    handle: async (call) => {
      const id = call.params.feed_id ?? ''
      if (!isUuid(id)) throw new ApiError('feed_not_found')
      return write(
        call,
        (feed: Feed) => ok(printFeed(call.view, feed)),
        (scope) => deleteFeed(scope, id, untagged(call)),
      )
    },
  }),
]
