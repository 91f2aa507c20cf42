import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import { single, written } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { checkOwnId } from '#lib/http/upsert-ids.ts'
import type { TicketFields, TicketType } from '#lib/model/ticket.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import {
  listTicketTypes,
  requireTicketOf,
  requireTicketType,
} from '#lib/store/read/ticket-types.ts'
import {
  createTicketType,
  deleteTicketType,
  updateTicketType,
} from '#lib/store/write/ticket-types.ts'
import { issueTicket, withdrawTicket } from '#lib/store/write/tickets.ts'
import {
  printTicket,
  printTicketType,
  TicketAnswer,
  TicketBody,
  TicketTypeAnswer,
  TicketTypeBody,
  ticketFields,
  ticketTypePatchTarget,
} from '#lib/wire/ticket.ts'

const tag = 'Events and tokens'
const path = '/events/{event}/ticket_types'
const one = `${path}/{ticket_type_id}`
const held = '/events/{event}/people/resources/{person}/ticket'
const example = { ticket_type: { name: 'Both days', session_access: 'all' } }

const typeOf = ({ params: { ticket_type_id: id = '' } }: EventCall) =>
  isId('ticketType', id) ? id : undefined
const personOf = ({ scope, params }: EventCall) => resolveId(scope, 'person', params.person ?? '')

const changed = (call: EventCall, fields: (current: TicketType) => Promise<TicketFields>) =>
  written(call, printTicketType, (scope, precondition) =>
    updateTicketType(scope, typeOf(call), fields, precondition),
  )

export const ticketRoutes: Route[] = [
  eventRoute({
    id: 'createTicketType',
    method: 'post',
    path,
    tag,
    summary: 'Create a ticket type: what its holders may join',
    right: 'event:write',
    body: { wrapper: 'ticket_type', schema: TicketTypeBody },
    returns: TicketTypeAnswer,
    errors: ['invalid_reference', 'reserved_id', 'too_many_objects'],
    example,
    handle: async (call) => {
      if (call.body.ticket_type_id) throw new ApiError('reserved_id', { field: 'ticket_type_id' })
      const fields = await ticketFields(call.scope, call.body)
      return written(call, printTicketType, (scope) => createTicketType(scope, fields))
    },
  }),
  eventRoute({
    id: 'listTicketTypes',
    method: 'get',
    path,
    tag,
    summary: 'List the ticket types',
    right: 'event:read',
    query: pageQuery(1000),
    returns: v.array(TicketTypeAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) =>
      page(
        call,
        printTicketType,
        await listTicketTypes(call.scope, pageOf(call.query, 'ticketType')),
      ),
  }),
  eventRoute({
    id: 'getTicketType',
    method: 'get',
    path: one,
    tag,
    summary: 'Read a ticket type',
    right: 'event:read',
    returns: TicketTypeAnswer,
    errors: ['ticket_type_not_found'],
    handle: async (call) =>
      single(call, printTicketType, await requireTicketType(call.scope, typeOf(call))),
  }),
  eventRoute({
    id: 'replaceTicketType',
    method: 'put',
    path: one,
    tag,
    summary: 'Replace a ticket type; its holders keep their tickets',
    right: 'event:write',
    body: { wrapper: 'ticket_type', schema: TicketTypeBody },
    returns: TicketTypeAnswer,
    errors: ['ticket_type_not_found', 'invalid_reference', 'id_mismatch'],
    example,
    handle: async (call) => {
      const { ticket_type_id: own = '' } = call.params
      checkOwnId(call.body.ticket_type_id, [own], 'ticket_type_id')
      return changed(call, () => ticketFields(call.scope, call.body))
    },
  }),
  eventRoute({
    id: 'changeTicketType',
    method: 'patch',
    path: one,
    tag,
    summary: 'Change a ticket type',
    right: 'event:write',
    body: { wrapper: 'ticket_type', schema: TicketTypeBody, mode: 'patch' },
    returns: TicketTypeAnswer,
    errors: ['ticket_type_not_found', 'invalid_reference', 'id_mismatch'],
    example: { ticket_type: { session_access: ['ses_…'] } },
    handle: async (call) =>
      changed(call, async (current) => {
        const body = call.body.onto(ticketTypePatchTarget(current))
        checkOwnId(body.ticket_type_id, [current.id], 'ticket_type_id')
        // Sessions that the patch does not name may be gone by now: only what was sent is looked up.
        if (!('session_access' in call.body.sent))
          return { name: body.name, access: current.access }
        return ticketFields(call.scope, body)
      }),
  }),
  eventRoute({
    id: 'deleteTicketType',
    method: 'delete',
    path: one,
    tag,
    summary: 'Delete a ticket type that nobody holds',
    right: 'event:write',
    returns: TicketTypeAnswer,
    errors: ['ticket_type_not_found', 'ticket_type_in_use'],
    handle: async (call) =>
      written(call, printTicketType, (scope, precondition) =>
        deleteTicketType(scope, typeOf(call), precondition),
      ),
  }),
  eventRoute({
    id: 'getTicket',
    method: 'get',
    path: held,
    tag,
    summary: 'Read the ticket of a person',
    right: 'event:read',
    returns: TicketAnswer,
    errors: ['person_not_found', 'ticket_not_found'],
    handle: async (call) =>
      single(call, printTicket, await requireTicketOf(call.scope, await personOf(call))),
  }),
  eventRoute({
    id: 'issueTicket',
    method: 'put',
    path: held,
    tag,
    summary: 'Give a person a ticket, in place of any they had',
    right: 'event:write',
    body: { wrapper: 'ticket', schema: TicketBody },
    returns: TicketAnswer,
    errors: ['person_not_found', 'invalid_reference'],
    example: { ticket: { ticket_type_id: 'tkt_…' } },
    handle: async (call) => {
      const person = await personOf(call)
      return written(call, printTicket, (scope, precondition) =>
        issueTicket(scope, person, call.body.ticket_type_id, precondition),
      )
    },
  }),
  eventRoute({
    id: 'withdrawTicket',
    method: 'delete',
    path: held,
    tag,
    summary: 'Take the ticket of a person back',
    right: 'event:write',
    returns: TicketAnswer,
    errors: ['person_not_found', 'ticket_not_found'],
    handle: async (call) => {
      const person = await personOf(call)
      return written(call, printTicket, (scope, precondition) =>
        withdrawTicket(scope, person, precondition),
      )
    },
  }),
]
