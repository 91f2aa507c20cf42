import { ApiError } from '#lib/base/errors.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Person } from '#lib/model/person.ts'
import { keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { transact, update } from '#lib/table/transact.ts'
import { requirePerson } from './people.ts'
import { getTicketType, type LoadedType, loaded } from './ticket-types.ts'
import { ticketWrites } from './ticket-writes.ts'

/** The ticket that a person holds. */
export type Ticket = LoadedType & { person: Person }

/** Gives a person a ticket in place of the one they had; the holders of both types are counted with it. */
export async function issueTicket(
  scope: EventScope,
  id: string,
  wanted: string,
  effect: Effect<Ticket>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const person = await requirePerson(scope, id)
    const type = await getTicketType(scope, wanted)
    if (!type) throw new ApiError('invalid_reference', { field: 'ticket_type_id' })
    const before = await ticketOf(scope, person)
    if (before) effect.guard(before)
    const outcome = effect.reply({ person, ...(await loaded(scope, type)) })
    const ticket = { type: wanted, at: now() }
    await writeTicket(
      scope,
      person,
      person.ticket?.type === wanted ? person.ticket : ticket,
      outcome,
    )
    return outcome
  })
}

/** Takes a person's ticket back. */
export async function withdrawTicket(
  scope: EventScope,
  id: string,
  effect: Effect<Ticket>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const person = await requirePerson(scope, id)
    const ticket = await ticketOf(scope, person)
    if (!ticket) throw new ApiError('ticket_not_found')
    effect.guard(ticket)
    const outcome = effect.reply(ticket)
    await writeTicket(scope, person, undefined, outcome)
    return outcome
  })
}

export async function requireTicketOf(scope: EventScope, id: string | undefined): Promise<Ticket> {
  const ticket = await ticketOf(scope, await requirePerson(scope, id))
  if (!ticket) throw new ApiError('ticket_not_found')
  return ticket
}

async function ticketOf(scope: EventScope, person: Person): Promise<Ticket | undefined> {
  const type = person.ticket && (await getTicketType(scope, person.ticket.type))
  return type && { person, ...(await loaded(scope, type)) }
}

async function writeTicket(
  scope: EventScope,
  person: Person,
  ticket: Person['ticket'],
  outcome: RecordedResponse,
): Promise<void> {
  const change = { set: { ticket, updatedAt: now() }, add: { vr: 1 } }
  await transact(
    scope,
    [
      update(keys.person(scope, person.id), change, { vr: person.vr }, 'conflict'),
      ...ticketWrites(scope, person.id, person.ticket?.type, ticket?.type),
    ],
    outcome,
  )
}
