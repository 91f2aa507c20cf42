import { ApiError } from '#lib/base/errors.ts'
import { now } from '#lib/base/time.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { Ticket } from '#lib/model/ticket.ts'
import type { Precondition } from '#lib/store/document.ts'
import { people } from '#lib/store/documents/people.ts'
import { changeSettled } from '#lib/store/links/open-job.ts'
import { findTicketType, loadType, ticketOf } from '#lib/store/read/ticket-types.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** Gives a person a ticket in place of the one they had; the holders of both types are counted with it. */
export const issueTicket = (
  scope: EventScope,
  id: string | undefined,
  wanted: string,
  precondition: Precondition<Ticket>,
): Promise<Ticket> =>
  changeSettled(scope, people, id, async (before, next) => {
    const type = await findTicketType(scope, wanted)
    if (!type) {
      const detail = unknownReference('ticket type', wanted, 'ticket_type_id')
      throw new ApiError('invalid_reference', detail)
    }
    const held = await ticketOf(scope, before)
    if (held) precondition(held)
    const ticket = before.ticket?.type === wanted ? before.ticket : { type: wanted, at: now() }
    const person = next({ ticket })
    return { after: person, made: { person, ...(await loadType(scope, type)) } }
  })

/** Takes a person's ticket back. */
export const withdrawTicket = (
  scope: EventScope,
  id: string | undefined,
  precondition: Precondition<Ticket>,
): Promise<Ticket> =>
  changeSettled(scope, people, id, async (before, next) => {
    const made = await ticketOf(scope, before)
    if (!made) throw new ApiError('ticket_not_found')
    precondition(made)
    return { after: next({ ticket: undefined }), made }
  })
