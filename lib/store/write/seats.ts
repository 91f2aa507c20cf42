import { JobOpen } from '#lib/store/links/changeset.ts'
import { sets } from '#lib/store/sets.ts'
import { bucketKey, bucketNames } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { put, remove, update, type Write } from '#lib/table/writes.ts'

/** The writes that make the seats of a new session, when they are limited. */
export const newSeatWrites = (scope: EventScope, session: string, capacity?: number): Write[] =>
  capacity === undefined
    ? []
    : [seatsWrite(scope, session, 0, capacity), ...cappedBuckets(scope, session)]

type Bucket = Key & { ct: number; vr: string }

/**
 * The writes that turn a session's capacity from `before` into `after`. Nobody loses a seat. Counting starts from
 * the buckets, each in the state in which it was read: who joins meanwhile comes between. Jobs that hold seats of an
 * earlier capacity are finished first: without seats no more can be held.
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
  const pk = keys.attendeeBuckets(scope, session)
  const buckets = await queryRows<Bucket>(scope, { pk, only: ['pk', 'sk', 'ct', 'vr'] })
  if (after === undefined) {
    return [
      remove(seats, { exists: true }, 'conflict'),
      ...buckets.map((one) => update(one, { remove: ['cp'] }, { exists: true }, 'conflict')),
    ]
  }
  const [held] = await queryRows<Key>(scope, { pk: seats.pk, from: 'H#', to: 'H#~', limit: 1 })
  if (held) throw new JobOpen(held.sk.slice(2))
  const taken = buckets.reduce((sum, bucket) => sum + bucket.ct, 0)
  return [
    seatsWrite(scope, session, taken, after),
    ...(buckets.length === 0 ? cappedBuckets(scope, session) : []),
    ...buckets.map((one) =>
      update(one, { set: { cp: 1 } }, { equals: { vr: one.vr, cp: undefined } }, 'conflict'),
    ),
  ]
}

const seatsWrite = (scope: EventScope, session: string, taken: number, capacity: number): Write =>
  put({ ...keys.seats(scope, session), ct: taken, cap: capacity }, { exists: false }, 'conflict')

function cappedBuckets(scope: EventScope, session: string): Write[] {
  const set = sets.attendees(scope, session)
  const empty = { ct: 0, vr: '0', cp: 1 }
  return bucketNames(set).map((sk) =>
    update(bucketKey(set, sk), { set: empty }, { exists: false }, 'conflict'),
  )
}
