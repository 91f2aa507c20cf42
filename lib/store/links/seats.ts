import { randomUUID } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import type { Session } from '#lib/model/session.ts'
import { sets } from '#lib/store/sets.ts'
import { bucketKey, bucketOf } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import {
  forgetMode,
  knownMode,
  noteSeats,
  open,
  type SeatCount,
  single,
  spread,
} from '#lib/table/seat-modes.ts'
import { put, remove, update, type Write } from '#lib/table/writes.ts'
import type { Changeset } from './changeset.ts'
import {
  gatherSeats,
  type SeatBucket,
  type SeatsRow,
  seatFrom,
  shareSeats,
  worthSharing,
} from './seat-shares.ts'

/** How the seats of a session come with a change: what its counts say of them, and what is written beside. */
export type Seating = { count: SeatCount; writes: Write[] }
/** Who begins or ends to attend a session. */
type Attending = { person: string; by: 1 | -1 }

/** The seats of every session in which somebody begins or ends to attend; of those without limit, nothing. */
export async function seatingOf(changeset: Changeset): Promise<Map<string, Seating>> {
  const seatings = new Map<string, Seating>()
  for (const [id, some] of attendingIn(changeset)) {
    const session = changeset.sessions.get(id)?.after
    const seating = session && (await seat(changeset, session, some))
    if (seating) seatings.set(id, seating)
  }
  return seatings
}

function attendingIn({ people, removed }: Changeset): Map<string, Attending[]> {
  const all = [...people.values()].flatMap(({ before, after }) => {
    const [had, has] = [before?.agenda ?? {}, removed.has(after.id) ? {} : after.agenda]
    return [...new Set([...Object.keys(had), ...Object.keys(has)])].flatMap((session) => {
      const by = Number(has[session]?.attends ?? false) - Number(had[session]?.attends ?? false)
      return by === 0 ? [] : [{ session, person: after.id, by: by as 1 | -1 }]
    })
  })
  return Map.groupBy(all, ({ session }) => session)
}

async function seat(
  { scope, job }: Changeset,
  { id, capacity }: Session,
  some: Attending[],
): Promise<Seating | undefined> {
  const net = some.reduce((sum, { by }) => sum + by, 0)
  const [first] = some
  const mode = modeOf(scope, id, capacity)
  if (mode === open || !first) return undefined
  if (net > 1) throw new Error('seats of one session are taken one by one')
  const isHeld = net > 0 && !!job?.holds.has(id)
  const held = isHeld
    ? [remove(keys.seatHold(scope, id, job?.id ?? ''), { exists: true }, 'conflict')]
    : []
  if (mode === single) {
    const taken = isHeld || net === 0 ? [] : await takenSingly(scope, id, { net, isDecided: !!job })
    return { count: { mode }, writes: [...held, ...taken] }
  }
  if (isHeld || net <= 0) return { count: { mode, extra: isHeld ? 1 : 0 }, writes: held }
  const from = await seatFrom(scope, id, first.person).catch(async (error) => {
    // What was decided before the seats were limited is not refused any more.
    if (!job || !(error instanceof ApiError && error.reason === 'session_full')) throw error
    await gatherSeats(scope, id)
    throw new VersionConflict()
  })
  return { count: { mode, extra: from?.extra ?? 0 }, writes: from ? [from.write] : [] }
}

const modeOf = (scope: EventScope, session: string, capacity: number | undefined) =>
  knownMode(keys.attendeeBuckets(scope, session)) ?? (capacity === undefined ? open : spread)

async function takenSingly(
  scope: EventScope,
  session: string,
  { net, isDecided }: { net: number; isDecided: boolean },
): Promise<Write[]> {
  if (net < 0 || isDecided) return [changeSeats(scope, session, net)]
  const seats = await getRow<SeatsRow>(scope, keys.seats(scope, session))
  if (!seats) {
    forgetMode(keys.attendeeBuckets(scope, session))
    throw new VersionConflict()
  }
  if (seats.ct >= seats.cap) throw new ApiError('session_full')
  if (seats.cap - seats.ct < worthSharing || scope.trial) return [takeSeat(scope, session)]
  await shareSeats(scope, session)
  throw new VersionConflict()
}

const takeSeat = (scope: EventScope, session: string): Write =>
  update(
    keys.seats(scope, session),
    { add: { ct: 1 } },
    { exists: true, below: ['ct', 'cap'] },
    'conflict',
  )

const changeSeats = (scope: EventScope, session: string, by: number): Write =>
  update(keys.seats(scope, session), { add: { ct: by } }, { exists: true }, () => {
    forgetMode(keys.attendeeBuckets(scope, session))
    return new VersionConflict()
  })

/** The writes that take a seat for a job's attendance before anything of it can be seen. */
export async function holdWrites(
  { scope, sessions }: Changeset,
  session: string,
  { job, person }: { job: string; person: string },
): Promise<Write[]> {
  const hold = put({ ...keys.seatHold(scope, session, job) }, { exists: false }, 'conflict')
  const mode = modeOf(scope, session, sessions.get(session)?.after.capacity)
  if (mode === single) {
    return [...(await takenSingly(scope, session, { net: 1, isDecided: false })), hold]
  }
  const from = await seatFrom(scope, session, person)
  const set = sets.attendees(scope, session)
  const own = bucketKey(set, bucketOf(set, person))
  return from ? [from.write, share(own, from.extra - 1), hold] : [share(own, -1), hold]
}

/** Changes the seats that are free in the share of one bucket. */
function share(bucket: Key, by: number): Write {
  const change = { ...(by !== 0 && { add: { fr: by } }), set: { vr: randomUUID() } }
  const isFree = by < 0 && { above: ['fr', -by - 1] as [string, number] }
  const when = { exists: true, equals: { cp: spread }, ...isFree }
  return update(bucket, change, when, (existing) => {
    noteSeats(bucket.pk, existing ?? {})
    return new VersionConflict()
  })
}

/** The writes that give back the seats that a job still holds: where the capacity is gone, the hold alone. */
export async function releaseWrites(
  scope: EventScope,
  sessions: string[],
  { job, person }: { job: string; person: string },
): Promise<Write[]> {
  const places = sessions.map((session) => {
    const set = sets.attendees(scope, session)
    const own = bucketKey(set, bucketOf(set, person))
    return { hold: keys.seatHold(scope, session, job), seats: keys.seats(scope, session), own }
  })
  const wanted = places.flatMap(({ hold, seats, own }) => [hold, seats, own])
  const rows = await getRows<Partial<SeatBucket> & Key>(scope, wanted)
  const found = ({ pk, sk }: Key) => rows.find((row) => row.pk === pk && row.sk === sk)
  return places.flatMap(({ hold, seats, own }) => {
    if (!found(hold)) return []
    const removed = remove(hold, { exists: true }, 'conflict')
    if (found(own)?.cp === spread) return [removed, share(own, 1)]
    if (!found(seats)) return [removed]
    return [removed, update(seats, { add: { ct: -1 } }, { exists: true }, 'conflict')]
  })
}
