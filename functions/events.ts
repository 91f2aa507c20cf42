import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import { ok, single, untagged, write, written } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route, route } from '#lib/http/route.ts'
import { checkOwnId, externalFromBody, externalFromPath } from '#lib/http/upsert-ids.ts'
import { upserting } from '#lib/http/wrappers.ts'
import type { Event } from '#lib/model/event.ts'
import type { MadeToken, Token } from '#lib/model/token.ts'
import { countEvent } from '#lib/store/read/event-counts.ts'
import { listEvents } from '#lib/store/read/events.ts'
import { listTokens } from '#lib/store/read/tokens.ts'
import { createEvent, deleteEvent, updateEvent } from '#lib/store/write/events.ts'
import { createToken, deleteToken } from '#lib/store/write/tokens.ts'
import {
  EventAnswer,
  EventBody,
  EventForAttendees,
  eventFields,
  eventPatchTarget,
  printEvent,
  printForAttendees,
} from '#lib/wire/event.ts'
import { printedId } from '#lib/wire/presentation.ts'
import {
  MeAnswer,
  NewTokenAnswer,
  printMe,
  printToken,
  TokenAnswer,
  TokenBody,
} from '#lib/wire/token.ts'
import { bindToken } from '#lib/wire/token-binding.ts'
import { batchRoutes } from './events/batches.ts'
import { organisationRoutes } from './events/organisation.ts'
import { plainKindRoutes } from './events/plain.ts'
import { ticketRoutes } from './events/tickets.ts'

const tag = 'Events and tokens'
const example = {
  event: {
    name: 'Rhine Conference',
    short_code: 'rhine-2027',
    event_dates: {
      start_date: '2027-05-04',
      end_date: '2027-05-05',
      time_zone_tz: 'Europe/Berlin',
    },
  },
}
/** How a body may name the event: by our id, as the path does, as answers print it to this caller. */
const namesOf = ({ view, params }: EventCall, event: Event) => [
  event.id,
  params.event,
  printedId(view, event),
]

const eventErrors = [
  'duplicate_short_code',
  'duplicate_external_id',
  'reserved_id',
  'reserved_id_system',
] as const

export const routes: Route[] = [
  route({
    id: 'createEvent',
    method: 'post',
    path: '/events',
    tag,
    summary: 'Create an event with its two built-in groups',
    right: 'organisation',
    body: { wrapper: 'event', schema: EventBody },
    returns: EventAnswer,
    errors: [...eventErrors],
    example,
    handle: async (call) => {
      const external = externalFromBody(call.body.id, 'id', call)
      return written(call, printEvent, (scope) =>
        createEvent(scope, eventFields(call.body), external),
      )
    },
  }),
  route({
    id: 'listEvents',
    method: 'get',
    path: '/events',
    tag,
    summary: 'List the events of the organisation',
    right: 'organisation',
    query: pageQuery(1000),
    returns: v.array(EventAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) =>
      page(call, printEvent, await listEvents(call.scope, pageOf(call.query, 'event'))),
  }),
  eventRoute({
    id: 'getEvent',
    method: 'get',
    path: '/events/{event}',
    tag,
    summary: 'Read an event and its counters',
    description:
      'Attendees are given `id`, `name`, `description`, `language`, `event_location`, `event_dates` and `event_urls`.',
    right: 'programme',
    returns: EventAnswer,
    returnsLess: EventForAttendees,
    handle: async (call) =>
      call.token.role === 'attendee'
        ? single(call, printForAttendees, call.event)
        : single(call, printEvent, await countEvent(call.scope, call.event)),
  }),
  upserting(
    eventRoute({
      id: 'replaceEvent',
      method: 'put',
      path: '/events/{event}',
      tag,
      summary: 'Replace the fields of an event, or create it under an external id',
      right: 'event:write',
      body: { wrapper: 'event', schema: EventBody },
      returns: EventAnswer,
      errors: [...eventErrors, 'id_mismatch', 'precondition_failed'],
      example,
      handle: async (call) => {
        const event: Event | undefined = call.event
        const fields = eventFields(call.body)
        if (!event) {
          const external = externalFromPath(call, 'event', 'event_not_found')
          return written(call, printEvent, (scope) => createEvent(scope, fields, [external]))
        }
        checkOwnId(call.body.id, namesOf(call, event), 'id')
        return written(call, printEvent, (scope, precondition) =>
          updateEvent(scope, () => fields, precondition),
        )
      },
    }),
  ),
  eventRoute({
    id: 'changeEvent',
    method: 'patch',
    path: '/events/{event}',
    tag,
    summary: 'Change some fields of an event',
    right: 'event:write',
    body: { wrapper: 'event', schema: EventBody, mode: 'patch', nullMeans: { external_ids: [] } },
    returns: EventAnswer,
    errors: [...eventErrors, 'id_mismatch', 'precondition_failed'],
    example: { event: { description: 'Two days on the Rhine' } },
    handle: async (call) =>
      written(call, printEvent, (scope, precondition) =>
        updateEvent(
          scope,
          (current) => {
            const body = call.body.onto(eventPatchTarget(current))
            checkOwnId(body.id, namesOf(call, current), 'id')
            return eventFields(body)
          },
          precondition,
        ),
      ),
  }),
  eventRoute({
    id: 'deleteEvent',
    method: 'delete',
    path: '/events/{event}',
    tag,
    summary: 'Delete an event and everything in it',
    right: 'event:write',
    returns: EventAnswer,
    errors: ['precondition_failed'],
    handle: async (call) => written(call, printEvent, deleteEvent),
  }),
  route({
    id: 'createToken',
    method: 'post',
    path: '/tokens',
    tag,
    summary: 'Create a token; its text is shown this once',
    right: 'organisation',
    body: { wrapper: 'token', schema: TokenBody },
    returns: NewTokenAnswer,
    errors: ['invalid_reference'],
    example: { role: 'event_staff', name: 'Registration desk', events: ['rhine-2027'] },
    handle: async (call) => {
      const wanted = await bindToken(call.scope, call.body)
      return write(
        call,
        (made: MadeToken) => ok(printToken(call.view, made)),
        (scope) => createToken(scope, wanted),
      )
    },
  }),
  route({
    id: 'listTokens',
    method: 'get',
    path: '/tokens',
    tag,
    summary: 'List the tokens of the organisation, without their texts',
    right: 'organisation',
    query: pageQuery(1000),
    returns: v.array(TokenAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) =>
      page(call, printToken, await listTokens(call.scope, pageOf(call.query, 'token'))),
  }),
  route({
    id: 'deleteToken',
    method: 'delete',
    path: '/tokens/{token_id}',
    tag,
    summary: 'Delete a token; it stops working within a minute everywhere',
    right: 'organisation',
    returns: TokenAnswer,
    errors: ['token_not_found'],
    handle: async (call) => {
      const id = call.params.token_id ?? ''
      if (!isId('token', id)) throw new ApiError('token_not_found')
      return write(
        call,
        (token: Token) => ok(printToken(call.view, token)),
        (scope) => deleteToken(scope, id, untagged(call)),
      )
    },
  }),
  route({
    id: 'getMe',
    method: 'get',
    path: '/me',
    tag,
    summary: 'Tell what the token may do',
    right: 'anyone',
    returns: MeAnswer,
    handle: async (call) => single(call, printMe, call.token),
  }),
  ...batchRoutes,
  ...organisationRoutes,
  ...ticketRoutes,
  ...plainKindRoutes,
]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
