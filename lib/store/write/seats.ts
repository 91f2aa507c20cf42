import { JobOpen } from '#lib/store/links/changeset.ts'
import { noLimit, promotedAtOnce } from '#lib/store/links/line.ts'
import {
  firstShares,
  freeIn,
  gathered,
  type SeatBucket,
  type SeatsRow,
  seatBuckets,
  sharedOut,
} from '#lib/store/links/seat-shares.ts'
import { newJob } from '#lib/store/queue.ts'
import { sets } from '#lib/store/sets.ts'
import { openBuckets } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { single } from '#lib/table/seat-modes.ts'
import { withoutShards } from '#lib/table/shards.ts'
import { transact } from '#lib/table/transact.ts'
import { remove, update, type Write } from '#lib/table/writes.ts'

/**
 * The writes that make the seats of a new session, when they are limited, and in any case its count of attendees: a
 * crowd that found it closed would have to open it.
 */
export const newSeatWrites = (scope: EventScope, session: string, capacity?: number): Write[] =>
  capacity === undefined
    ? openBuckets(sets.attendees(scope, session))
    : firstShares(scope, session, capacity)

type Capacity = number | undefined

/** The writes of a change of capacity; where there is a line, what the write of its seats makes of them. */
export type CapacityChange = { writes: Write[]; promoting?: { capacity: number } }

/** What turns a session's capacity from `before` into `after`. Nobody loses a seat; whoever waits gets what is free. */
export async function capacityChange(
  scope: EventScope,
  session: string,
  change: [Capacity, Capacity],
): Promise<CapacityChange> {
  const [before, after] = change
  if (before === after) return { writes: [] }
  const line = await lineOf(scope, session)
  if (!line) return { writes: await capacityWrites(scope, session, change) }
  const capacity = after ?? noLimit
  // As many as fit are given their seats in the transaction of the change, the others by a job behind it.
  const isOwed = capacity - line.ct > promotedAtOnce
  const job = isOwed ? newJob(scope, 'promote-waiting', { session }).writes : []
  return { writes: job, promoting: { capacity } }
}

/** Buckets are written in the state in which they were read: who joins meanwhile comes between. */
async function capacityWrites(
  scope: EventScope,
  session: string,
  [before, after]: [Capacity, Capacity],
): Promise<Write[]> {
  const buckets = await seatBuckets(scope, session)
  if (after === undefined) return unlimited(scope, session, buckets)
  if (before === undefined) return limited(scope, session, { buckets, after })
  if (buckets.some(({ cp }) => cp !== buckets[0]?.cp)) throw new VersionConflict()
  if (buckets[0]?.cp === single) {
    const seats = keys.seats(scope, session)
    const when = { exists: true, equals: { wn: undefined } }
    return [update(seats, { set: { cap: after } }, when, 'conflict')]
  }
  const taken = before - freeIn(buckets)
  return shared(scope, session, { buckets, taken, after })
}

/** The seats of a session for which somebody waits. */
async function lineOf(scope: EventScope, session: string): Promise<SeatsRow | undefined> {
  const seats = await getRow<SeatsRow>(scope, keys.seats(scope, session))
  return seats?.wn || seats?.cap === noLimit ? seats : undefined
}

/** No limit any more. */
export const unlimited = (scope: EventScope, session: string, buckets: SeatBucket[]): Write[] => [
  remove(keys.seats(scope, session), { equals: { wn: undefined } }, 'conflict'),
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
  const alone = withoutShards(buckets)
  // In a transaction before: it has many rows.
  if (alone.writes.length > 0 && !scope.trial) {
    await transact(scope, alone.writes)
    throw new VersionConflict()
  }
  return shared(scope, session, { buckets: alone.buckets, taken, after })
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
