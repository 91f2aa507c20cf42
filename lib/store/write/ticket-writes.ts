import { countWrites } from '#lib/table/buckets.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import type { Write } from '#lib/table/transact.ts'

/**
 * Counts a person among the holders of a ticket type, in the transaction that writes their ticket: a type is
 * in use exactly while somebody holds it. Stale when the type is gone.
 */
export function ticketWrites(
  scope: EventScope,
  person: string,
  before: string | undefined,
  after: string | undefined,
): Write[] {
  if (before === after) return []
  return [
    ...(before ? countWrites(sets.holders(scope, before), [{ id: person, by: -1 }]) : []),
    ...(after ? countWrites(sets.holders(scope, after), [{ id: person, by: 1 }]) : []),
  ]
}
