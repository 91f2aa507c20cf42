import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import type { Person } from '#lib/model/person.ts'
import type { LoadedType, Ticket, TicketType } from '#lib/model/ticket.ts'
import { find, required } from '#lib/store/document.ts'
import { ticketTypes } from '#lib/store/documents/ticket-types.ts'
import { findMany } from '#lib/store/find-many.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { requirePerson } from './included-people.ts'

/** Ticket types in id order, with the sessions that they name. */
export async function listTicketTypes(
  scope: EventScope,
  wanted: PageWanted,
): Promise<Page<LoadedType>> {
  const all = await allTicketTypes(scope)
  const page = pageOfList(all, ({ id }) => id, wanted)
  const sessions = await sessionsNamed(scope, page.rows)
  return { ...page, rows: page.rows.map((type) => ({ type, sessions })) }
}

/** All ticket types of the event: at most 200. */
const allTicketTypes = (scope: EventScope): Promise<TicketType[]> =>
  queryRows<TicketType>(scope, { pk: keys.ticketTypes(scope) })

export const requireTicketType = async (
  scope: EventScope,
  id: string | undefined,
): Promise<LoadedType> => loadType(scope, await required(scope, ticketTypes, id))

/** The ticket type that a client named, if the name is an id of one that is there. */
export const findTicketType = async (
  scope: EventScope,
  id: string,
): Promise<TicketType | undefined> =>
  isId('ticketType', id) ? find(scope, ticketTypes, id) : undefined

export const loadType = async (scope: EventScope, type: TicketType): Promise<LoadedType> => ({
  type,
  sessions: await sessionsNamed(scope, [type]),
})

/** The ticket of a person; `ticket_not_found` when they hold none. */
export async function requireTicketOf(scope: EventScope, id: string | undefined): Promise<Ticket> {
  const ticket = await ticketOf(scope, await requirePerson(scope, id))
  if (!ticket) throw new ApiError('ticket_not_found')
  return ticket
}

export async function ticketOf(scope: EventScope, person: Person): Promise<Ticket | undefined> {
  const type = person.ticket && (await findTicketType(scope, person.ticket.type))
  return type && { person, ...(await loadType(scope, type)) }
}

const sessionsNamed = (scope: EventScope, types: TicketType[]) =>
  findMany(
    scope,
    'session',
    types.flatMap(({ access }) => (access === 'all' ? [] : access)),
  )
