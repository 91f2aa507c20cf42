import type { TicketType } from '#lib/model/ticket.ts'
import type { Kind } from '#lib/store/document.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'

/**
 * Ticket types: at most 200. Who holds one stands with the people and is counted under it; these counts end by hand,
 * since a type ends only while they are 0.
 */
export const ticketTypes: Kind<TicketType> = {
  name: 'ticket_type',
  missing: 'ticket_type_not_found',
  key: keys.ticketType,
  set: sets.ticketTypes,
  derived: () => [],
}
