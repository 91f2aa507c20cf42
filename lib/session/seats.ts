import { ApiError } from '#lib/errors.ts'
import type { CountedSet, Counting } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { Stale } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type Step, update } from '#lib/table/transact.ts'

/**
 * Seats of a session with a capacity: one item with `ct` taken of `cap`. While it is there, every shelf of the
 * session's attendees carries `cp`, so that nobody who still believes in no capacity can slip in.
 */
export function seatStep(scope: EventScope, set: CountedSet, all: Counting[]): Step[] {
  const net = all.reduce((sum, { by }) => sum + by, 0)
  if (net === 0) return []
  const session = set.rows.slice(set.rows.lastIndexOf('#') + 1)
  return [
    update(
      keys.seats(scope, session),
      { add: { ct: net } },
      // The attendees route adds one at a time; a plan that adds more takes them one by one as well.
      net > 0 ? { exists: true, below: ['ct', 'cap'] } : { exists: true },
      (existing) => (existing && net > 0 ? new ApiError('session_full') : new Stale()),
    ),
  ]
}
