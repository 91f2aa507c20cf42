import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { effect, single } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { checkOwnId } from '#lib/http/upsert-ids.ts'
import type { TicketType } from '#lib/model/ticket.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { requirePerson } from '#lib/store/write/people.ts'
import {
  createTicketType,
  deleteTicketType,
  listTicketTypes,
  requireTicketType,
  updateTicketType,
} from '#lib/store/write/ticket-types.ts'
import { issueTicket, requireTicketOf, withdrawTicket } from '#lib/store/write/tickets.ts'
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

const fieldsOf = ({ scope, view }: EventCall, body: TicketTypeBody) =>
  ticketFields(scope, body, view.system)
const typeOf = ({ params }: EventCall) => params.ticket_type_id ?? ''
const personOf = ({ scope, params, view }: EventCall) =>
  resolveId(scope, 'person', params.person ?? '', view.system)

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
      const fields = await fieldsOf(call, call.body)
      return createTicketType(call.scope, fields, effect(call, printTicketType).reply)
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
    handle: async (call) => {
      const { total, rows } = await listTicketTypes(call.scope, pageOf(call.query, 'ticketType'))
      const print = rows.map((row) => printTicketType(call.view, row))
      return page(call, print, total, rows.at(-1)?.type.id)
    },
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
      checkOwnId(call.body.ticket_type_id, typeOf(call), 'ticket_type_id', undefined)
      const change = () => fieldsOf(call, call.body)
      return updateTicketType(call.scope, typeOf(call), change, effect(call, printTicketType))
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
    handle: async (call) => {
      const change = async (current: TicketType) => {
        const body = call.body.onto(ticketTypePatchTarget(current))
        checkOwnId(body.ticket_type_id, current.id, 'ticket_type_id', undefined)
        // Sessions that the patch does not name may be gone by now: only what was sent is looked up.
        if (!('session_access' in call.body.sent))
          return { name: body.name, access: current.access }
        return fieldsOf(call, body)
      }
      return updateTicketType(call.scope, typeOf(call), change, effect(call, printTicketType))
    },
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
      deleteTicketType(call.scope, typeOf(call), effect(call, printTicketType)),
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
      const { id } = await requirePerson(call.scope, await personOf(call))
      const type = call.body.ticket_type_id
      return issueTicket(call.scope, id, type, effect(call, printTicket))
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
      const { id } = await requirePerson(call.scope, await personOf(call))
      return withdrawTicket(call.scope, id, effect(call, printTicket))
    },
  }),
]
