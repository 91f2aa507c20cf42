import { ApiError } from '#lib/base/errors.ts'
import { now } from '#lib/base/time.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { LinkChange } from '#lib/model/link.ts'
import type { Person } from '#lib/model/person.ts'
import type { Ticket } from '#lib/model/ticket.ts'
import type { Precondition } from '#lib/store/document.ts'
import { people } from '#lib/store/documents/people.ts'
import { findMany } from '#lib/store/find-many.ts'
import { commitLinks } from '#lib/store/links/commit-links.ts'
import { changeSettled, whenSettled } from '#lib/store/links/open-job.ts'
import { requirePerson } from '#lib/store/read/included-people.ts'
import { findTicketType, loadType, ticketOf } from '#lib/store/read/ticket-types.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { stagedPerson } from './people.ts'

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

/**
 * Takes a person's ticket back, and with it the seats for which others wait, and places in lines: whoever waits longest
 * gets each seat in the same transaction.
 */
export const withdrawTicket = (
  scope: EventScope,
  id: string | undefined,
  precondition: Precondition<Ticket>,
): Promise<Ticket> =>
  whenSettled(scope, async () => {
    const before = await requirePerson(scope, id)
    const made = await ticketOf(scope, before)
    if (!made) throw new ApiError('ticket_not_found')
    precondition(made)
    const { ticket: _, ...rest } = before
    return commitLinks(scope, {
      owner: { kind: 'person', id: before.id },
      begin: stagedPerson(scope, before, { ...rest, updatedAt: now() }),
      links: await seatsOf(scope, before),
      more: [],
      made: async () => made,
    })
  })

/** The links that end with a ticket. */
async function seatsOf(
  scope: EventScope,
  { id, agenda, waits = {} }: Person,
): Promise<LinkChange[]> {
  const attended = Object.keys(agenda).filter((session) => agenda[session]?.attends)
  const sessions = await findMany(scope, 'session', attended)
  const ending = (kind: 'attends' | 'waits') => (session: string) =>
    ({ link: { kind, person: id, session }, added: false }) as const
  return [
    ...attended.filter((session) => sessions.get(session)?.waitlist).map(ending('attends')),
    ...Object.keys(waits).map(ending('waits')),
  ]
}
