import { JobOpen } from '#lib/store/links/changeset.ts'
import {
  firstShares,
  freeIn,
  gathered,
  type SeatBucket,
  seatBuckets,
  sharedOut,
} from '#lib/store/links/seat-shares.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { single } from '#lib/table/seat-modes.ts'
import { remove, update, type Write } from '#lib/table/writes.ts'

/** The writes that make the seats of a new session, when they are limited. */
export const newSeatWrites = (scope: EventScope, session: string, capacity?: number): Write[] =>
  capacity === undefined ? [] : firstShares(scope, session, capacity)

type Capacity = number | undefined

/**
 * The writes that turn a session's capacity from `before` into `after`. Nobody loses a seat. The buckets are written
 * in the state in which they were read: who joins meanwhile comes between.
 */
export async function capacityWrites(
  scope: EventScope,
  session: string,
  [before, after]: [Capacity, Capacity],
): Promise<Write[]> {
  if (before === after) return []
  const buckets = await seatBuckets(scope, session)
  if (after === undefined) return unlimited(scope, session, buckets)
  if (before === undefined) return limited(scope, session, { buckets, after })
  if (buckets.some(({ cp }) => cp !== buckets[0]?.cp)) throw new VersionConflict()
  if (buckets[0]?.cp === single) {
    const seats = keys.seats(scope, session)
    return [update(seats, { set: { cap: after } }, { exists: true }, 'conflict')]
  }
  const taken = before - freeIn(buckets)
  return shared(scope, session, { buckets, taken, after })
}

/** No limit any more. */
const unlimited = (scope: EventScope, session: string, buckets: SeatBucket[]): Write[] => [
  remove(keys.seats(scope, session)),
  ...buckets.map(({ pk, sk, cp }) =>
    update({ pk, sk }, { remove: ['cp', 'fr'] }, { exists: true, equals: { cp } }, 'conflict'),
  ),
]

/** A first limit. Jobs that hold seats of an earlier one are finished first: without seats no more can be held. */
async function limited(
  scope: EventScope,
  session: string,
  { buckets, after }: { buckets: SeatBucket[]; after: number },
): Promise<Write[]> {
  const { pk } = keys.seats(scope, session)
  const [held] = await queryRows<Key>(scope, { pk, from: 'H#', to: 'H#~', limit: 1 })
  if (held) throw new JobOpen(held.sk.slice(2))
  if (buckets.length === 0) return firstShares(scope, session, after)
  const taken = buckets.reduce((sum, { ct }) => sum + ct, 0)
  return shared(scope, session, { buckets, taken, after })
}

/** Free seats are shared out; where some are taken beyond the limit, one item counts them. */
const shared = (
  scope: EventScope,
  session: string,
  { buckets, taken, after }: { buckets: SeatBucket[]; taken: number; after: number },
): Write[] =>
  taken <= after
    ? sharedOut(buckets, after - taken)
    : gathered(scope, session, buckets, { ct: taken, cap: after })
