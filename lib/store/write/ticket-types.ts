import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import type { LoadedType, TicketFields, TicketType } from '#lib/model/ticket.ts'
import { born, change, create, type Precondition } from '#lib/store/document.ts'
import { ticketTypes } from '#lib/store/documents/ticket-types.ts'
import { loadType } from '#lib/store/read/ticket-types.ts'
import { sets } from '#lib/store/sets.ts'
import { bucketKey, bucketNames } from '#lib/table/buckets.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { check, remove, type Write } from '#lib/table/writes.ts'

export async function createTicketType(
  scope: EventScope,
  fields: TicketFields,
): Promise<LoadedType> {
  const type: TicketType = { ...fields, ...born(), id: newId('ticketType') }
  return create(scope, ticketTypes, type, { made: await loadType(scope, type) })
}

/** Replaces what a ticket type is; its holders keep their tickets. */
export const updateTicketType = (
  scope: EventScope,
  id: string | undefined,
  fields: (current: TicketType) => Promise<TicketFields>,
  precondition: Precondition<LoadedType>,
): Promise<LoadedType> =>
  change(scope, ticketTypes, id, async (before, next) => {
    precondition(await loadType(scope, before))
    const type = next(await fields(before))
    return { after: type, made: await loadType(scope, type) }
  })

/** Deletes a ticket type that nobody holds: its counts go in the same transaction, and only while they are 0. */
export const deleteTicketType = (
  scope: EventScope,
  id: string | undefined,
  precondition: Precondition<LoadedType>,
): Promise<LoadedType> =>
  change(scope, ticketTypes, id, async (before) => {
    const made = await loadType(scope, before)
    precondition(made)
    return { after: undefined, made, more: unheldWrites(scope, before.id) }
  })

/**
 * The writes that hold while nobody has a ticket of the type: its counts go while they are 0, or are not there, as
 * long as nobody ever held one. Who takes the first opens them beside the type, so one of the two finds it changed.
 */
function unheldWrites(scope: EventScope, id: string): Write[] {
  const holders = sets.holders(scope, id)
  return bucketNames(holders).map((name) => {
    const key = bucketKey(holders, name)
    return remove(key, { equals: { ct: 0 } }, (existing) =>
      existing ? new ApiError('ticket_type_in_use') : check(key, { exists: false }, 'conflict'),
    )
  })
}
