import { ApiError } from '#lib/base/errors.ts'
import {
  bucketKey,
  bucketNames,
  type CountedSet,
  type Counting,
  openBuckets,
} from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { put, remove, update, type Write } from '#lib/table/transact.ts'

/**
 * Seats of a session with a capacity: one item with `ct` taken of `cap`. While it is there, every bucket of the
 * session's attendees carries `cp`, so that nobody who still believes in no capacity can slip in.
 */
export function seatStep(scope: EventScope, set: CountedSet, all: Counting[]): Write[] {
  const net = all.reduce((sum, { by }) => sum + by, 0)
  if (net === 0) return []
  if (net > 1) throw new Error('seats of one session are taken one by one')
  const session = set.rows.slice(set.rows.lastIndexOf('#') + 1)
  return [
    update(
      keys.seats(scope, session),
      { add: { ct: net } },
      net > 0 ? { exists: true, below: ['ct', 'cap'] } : { exists: true },
      (existing) => (existing && net > 0 ? new ApiError('session_full') : new VersionConflict()),
    ),
  ]
}

/**
 * Throws `session_full` when no seat is left at this moment: whoever comes to a session long sold out costs one
 * read and does not crowd the seats of those who leave. The write decides for everybody else.
 */
export async function refuseWhenFull(
  scope: EventScope,
  { id, capacity }: { id: string; capacity?: number },
): Promise<void> {
  if (capacity === undefined) return
  const seats = await getRow<{ ct: number; cap: number }>(scope, keys.seats(scope, id))
  if (seats && seats.ct >= seats.cap) throw new ApiError('session_full')
}

/** The writes that make the buckets of a new session's attendees, and its seats when they are limited. */
export function newSeatWrites(scope: EventScope, session: string, capacity?: number): Write[] {
  const set = sets.attendees(scope, session)
  if (capacity === undefined) return openBuckets(set)
  const empty = { ct: 0, vr: '0', cp: 1 }
  return [
    put({ ...keys.seats(scope, session), ct: 0, cap: capacity }, { exists: false }, 'conflict'),
    ...bucketNames(set).map((sk) =>
      update(bucketKey(set, sk), { set: empty }, { exists: false }, 'conflict'),
    ),
  ]
}

type Shelf = Key & { ct: number; vr: string }

/**
 * The writes that turn a session's capacity from `before` into `after`. Nobody loses a seat. Counting starts from
 * the buckets, each in the state in which it was read: who joins meanwhile makes it in conflict.
 */
export async function capacityWrites(
  scope: EventScope,
  session: string,
  before: number | undefined,
  after: number | undefined,
): Promise<Write[]> {
  if (before === after) return []
  const seats = keys.seats(scope, session)
  if (before !== undefined && after !== undefined) {
    return [update(seats, { set: { cap: after } }, { exists: true }, 'conflict')]
  }
  const pk = keys.attendeeShelves(scope, session)
  const buckets = await queryRows<Shelf>(scope, { pk, only: ['pk', 'sk', 'ct', 'vr'] })
  if (after === undefined) {
    return [
      remove(seats, { exists: true }, 'conflict'),
      ...buckets.map((one) => update(one, { remove: ['cp'] }, { exists: true }, 'conflict')),
    ]
  }
  const ct = buckets.reduce((sum, bucket) => sum + bucket.ct, 0)
  return [
    put({ ...seats, ct, cap: after }, { exists: false }, 'conflict'),
    ...buckets.map((one) =>
      update(one, { set: { cp: 1 } }, { equals: { vr: one.vr, cp: undefined } }, 'conflict'),
    ),
  ]
}
