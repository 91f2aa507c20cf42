import { ApiError } from '#lib/base/errors.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { put, remove, update, type Write } from '#lib/table/writes.ts'
import type { Changeset } from './changeset.ts'

/**
 * Seats of a session with a capacity: one item with `ct` taken of `cap`. While it is there, every bucket of the
 * session's attendees carries `cp`, so that nobody who still believes in no capacity can slip in.
 */
export function seatWrites(
  { scope, job }: Changeset,
  session: string,
  counts: { by: 1 | -1 }[],
): Write[] {
  const net = counts.reduce((sum, { by }) => sum + by, 0)
  if (net === 0) return []
  if (net < 0) return [changeSeats(scope, session, net)]
  if (!job) return [takeSeats(scope, session, net)]
  // What was decided before the seats were limited is not refused any more.
  return job.holds.has(session)
    ? [remove(keys.seatHold(scope, session, job.id), { exists: true }, 'conflict')]
    : [changeSeats(scope, session, net)]
}

const takeSeats = (scope: EventScope, session: string, count: number): Write => {
  if (count > 1) throw new Error('seats of one session are taken one by one')
  return update(
    keys.seats(scope, session),
    { add: { ct: 1 } },
    { exists: true, below: ['ct', 'cap'] },
    (existing) => (existing ? new ApiError('session_full') : new VersionConflict()),
  )
}

const changeSeats = (scope: EventScope, session: string, by: number): Write =>
  update(keys.seats(scope, session), { add: { ct: by } }, { exists: true }, 'conflict')

/** The writes that take a seat for a job's attendance before anything of it can be seen. */
export const holdWrites = (scope: EventScope, session: string, job: string): Write[] => [
  takeSeats(scope, session, 1),
  put({ ...keys.seatHold(scope, session, job) }, { exists: false }, 'conflict'),
]

/** The writes that give back the seats that a job still holds: where the capacity is gone, the hold alone. */
export async function releaseWrites(
  scope: EventScope,
  sessions: string[],
  job: string,
): Promise<Write[]> {
  const pairs = sessions.map((session) => ({
    session,
    hold: keys.seatHold(scope, session, job),
    seats: keys.seats(scope, session),
  }))
  const wanted = pairs.flatMap(({ hold, seats }) => [hold, seats])
  const rows = await getRows<Key>(scope, wanted, ['pk', 'sk'])
  const isThere = ({ pk, sk }: Key) => rows.some((row) => row.pk === pk && row.sk === sk)
  return pairs.flatMap(({ session, hold, seats }) => {
    if (!isThere(hold)) return []
    const removed = remove(hold, { exists: true }, 'conflict')
    return isThere(seats) ? [removed, changeSeats(scope, session, -1)] : [removed]
  })
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
