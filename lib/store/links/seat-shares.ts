import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { ApiError } from '#lib/base/errors.ts'
import type { Session } from '#lib/model/session.ts'
import { sets } from '#lib/store/sets.ts'
import { type Bucket, bucketKey, bucketNames, bucketOf } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { isShort, noteSeats, single, spread } from '#lib/table/seat-modes.ts'
import { transact } from '#lib/table/transact.ts'
import { put, remove, update, type Write } from '#lib/table/writes.ts'

/** A bucket of attendees: `cp` says how seats are kept, `fr` how many are free in its share. */
export type SeatBucket = Key & Pick<Bucket, 'ct' | 'vr'> & { cp?: number; fr?: number }
/** The one item of seats that are not shared out: `ct` taken of `cap`; `wn` people wait, the last at place `ws`. */
export type SeatsRow = Key & { ct: number; cap: number; wn?: number; ws?: number; vr?: string }

/** One seat of another bucket's share, and some more of it for those who come next. */
export type Borrowed = { write: Write; extra: number }

export const seatBuckets = (scope: EventScope, session: string): Promise<SeatBucket[]> =>
  queryRows<SeatBucket>(scope, { pk: keys.attendeeBuckets(scope, session) })

export const freeIn = (buckets: SeatBucket[]): number =>
  buckets.reduce((sum, { fr = 0 }) => sum + fr, 0)
const newVersion = () => ({ vr: randomUUID() })

/**
 * Where a seat for this person comes from: the share of their own bucket (nothing), or another's. Throws
 * `session_full` when there is none at all.
 */
export async function seatFrom(
  scope: EventScope,
  session: string,
  person: string,
): Promise<Borrowed | undefined> {
  const set = sets.attendees(scope, session)
  if (!isShort(set.buckets)) return undefined
  let buckets = await seatBuckets(scope, session)
  for (;;) {
    const other = buckets.find(({ cp }) => cp !== spread)
    if (other || buckets.length === 0) {
      noteSeats(set.buckets, other ?? {})
      throw new VersionConflict()
    }
    const own = buckets.find(({ sk }) => sk === bucketKey(set, bucketOf(set, person)).sk)
    if ((own?.fr ?? 0) > 0) return undefined
    const rich = buckets.filter(({ fr = 0 }) => fr > 0)
    const from = rich[Math.floor(Math.random() * rich.length)]
    if (from) return borrowed(from)
    // Seats may have moved behind the reader's back: only what stood still is empty.
    const again = await seatBuckets(scope, session)
    if (isDeepStrictEqual(again, buckets)) throw new ApiError('session_full')
    buckets = again
  }
}

const mostBorrowed = 8

function borrowed({ pk, sk, fr = 0 }: SeatBucket): Borrowed {
  const count = Math.min(Math.ceil(fr / 2), mostBorrowed)
  const change = { add: { fr: -count }, set: newVersion() }
  const when = {
    exists: true,
    equals: { cp: spread },
    above: ['fr', count - 1] as [string, number],
  }
  return { write: update({ pk, sk }, change, when, 'conflict'), extra: count }
}

/** The writes that put seats into shares or take them out, one bucket each, in the state in which it was read. */
export const sharedOut = (buckets: SeatBucket[], free: number): Write[] =>
  buckets.map(({ pk, sk, cp, vr }, n) => {
    const fr = Math.floor(free / buckets.length) + (n < free % buckets.length ? 1 : 0)
    const set = { cp: spread, fr, ...newVersion() }
    return update({ pk, sk }, { set }, { equals: { vr, cp } }, 'conflict')
  })

/** The writes that count seats in one item: while some are taken beyond the capacity. */
export const gathered = (
  scope: EventScope,
  session: string,
  buckets: SeatBucket[],
  seats: Pick<SeatsRow, 'ct' | 'cap'>,
): Write[] => [
  put({ ...keys.seats(scope, session), ...seats }, { exists: false }, 'conflict'),
  ...buckets.map(({ pk, sk, cp, vr }) => {
    const change = { set: { cp: single, ...newVersion() }, remove: ['fr'] }
    return update({ pk, sk }, change, { equals: { vr, cp } }, 'conflict')
  }),
]

/** The same writes for a session without buckets, whose seats nobody has needed so far. */
export const firstShares = (scope: EventScope, session: string, free: number): Write[] => {
  const set = sets.attendees(scope, session)
  const names = bucketNames(set)
  return names.map((sk, n) => {
    const fr = Math.floor(free / names.length) + (n < free % names.length ? 1 : 0)
    const change = { set: { ct: 0, vr: '0', cp: spread, fr } }
    return update(bucketKey(set, sk), change, { exists: false }, 'conflict')
  })
}

/** Counts the seats of a session in one item from now on, when nobody has come between. */
export async function gatherSeats(scope: EventScope, session: string): Promise<void> {
  const buckets = await seatBuckets(scope, session)
  // Read after the buckets: a later capacity would have changed them.
  const { capacity } = (await getRow<Session>(scope, keys.session(scope, session))) ?? {}
  const other = buckets.find(({ cp }) => cp !== spread)
  if (other) noteSeats(other.pk, other)
  // Where a seat is free, it is taken before anybody waits.
  if (capacity === undefined || other || freeIn(buckets) > 0) return
  const taken = capacity - freeIn(buckets)
  await transact(scope, gathered(scope, session, buckets, { ct: taken, cap: capacity }))
}

/** Fewer free seats are not worth being shared out. */
export const worthSharing = 16

/** Shares out the free seats of a session that counts them in one item, when nobody has come between. */
export async function shareSeats(scope: EventScope, session: string): Promise<void> {
  const [buckets, seats] = await Promise.all([
    seatBuckets(scope, session),
    getRow<SeatsRow>(scope, keys.seats(scope, session)),
  ])
  if (!seats || buckets.length === 0) return
  const { ct, cap } = seats
  await transact(scope, [
    remove(keys.seats(scope, session), { equals: { ct, cap, wn: undefined } }, 'conflict'),
    ...sharedOut(buckets, cap - ct),
  ])
}
