import { randomUUID } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import type { Session } from '#lib/model/session.ts'
import { newJob } from '#lib/store/queue.ts'
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
import { lineWrite, refuseOvertaking } from './line.ts'
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
/** Who begins or ends to attend a session, or to wait for a seat in it. */
type Change = { session: string; person: string; attends: -1 | 0 | 1; waits: -1 | 0 | 1 }

/** The seats of every session in which somebody begins or ends to attend; of those without limit, nothing. */
export async function seatingOf(changeset: Changeset): Promise<Map<string, Seating>> {
  const seatings = new Map<string, Seating>()
  const changes = Map.groupBy(changesIn(changeset), ({ session }) => session)
  for (const id of new Set([...changes.keys(), ...changeset.promoting.keys()])) {
    const session = changeset.sessions.get(id)?.after
    const seating = session && (await seat(changeset, session, changes.get(id) ?? []))
    if (seating) seatings.set(id, seating)
  }
  return seatings
}

function changesIn({ people, removed }: Changeset): Change[] {
  return [...people.values()].flatMap(({ before, after }) => {
    const isGone = removed.has(after.id)
    const [had, has] = [before?.agenda ?? {}, isGone ? {} : after.agenda]
    const [waited, waits] = [before?.waits ?? {}, isGone ? {} : (after.waits ?? {})]
    const sessions = new Set([had, has, waited, waits].flatMap((one) => Object.keys(one)))
    const step = (was: boolean, is: boolean) => (Number(is) - Number(was)) as -1 | 0 | 1
    return [...sessions].flatMap((session): Change[] => {
      const change = {
        attends: step(!!had[session]?.attends, !!has[session]?.attends),
        waits: step(session in waited, session in waits),
      }
      return change.attends || change.waits ? [{ session, person: after.id, ...change }] : []
    })
  })
}

async function seat(
  changeset: Changeset,
  session: Session,
  changes: Change[],
): Promise<Seating | undefined> {
  const { scope, job } = changeset
  const { id, capacity } = session
  const net = changes.reduce((sum, { attends }) => sum + attends, 0)
  // Only one item can have a line: where it is no more, its absence tells. Who leaves the line touches no bucket that
  // would tell a process which has never heard of the session.
  const isLined = changeset.promoting.has(id) || changes.some(({ waits }) => waits === -1)
  const mode = isLined ? single : modeOf(scope, id, capacity)
  const isBegun = changes.some(({ waits }) => waits === 1)
  if (mode === spread && isBegun) {
    await gatherSeats(scope, id)
    noteSeats(keys.attendeeBuckets(scope, id), { cp: single })
    throw new VersionConflict()
  }
  if (mode === open) return undefined
  if (net > 1) throw new Error('seats of one session are taken one by one')
  const isHeld = net > 0 && !!job?.holds.has(id)
  const held = isHeld
    ? [remove(keys.seatHold(scope, id, job?.id ?? ''), { exists: true }, 'conflict')]
    : []
  if (mode === single) {
    const taken = await takenSingly(changeset, session, { net: isHeld ? 0 : net, changes })
    return { count: { mode }, writes: [...held, ...taken] }
  }
  if (isHeld || net <= 0) return { count: { mode, extra: isHeld ? 1 : 0 }, writes: held }
  const from = await seatFrom(scope, id, changes[0]?.person ?? '').catch(async (error) => {
    // What was decided before the seats were limited is not refused any more.
    if (!job || !(error instanceof ApiError && error.reason === 'session_full')) throw error
    await gatherSeats(scope, id)
    throw new VersionConflict()
  })
  return { count: { mode, extra: from?.extra ?? 0 }, writes: from ? [from.write] : [] }
}

const modeOf = (scope: EventScope, session: string, capacity: number | undefined) =>
  knownMode(keys.attendeeBuckets(scope, session)) ?? (capacity === undefined ? open : spread)

/** The seats of a session that one item counts; where somebody waits, whoever is first in line is staged as well. */
async function takenSingly(
  changeset: Changeset,
  session: Session,
  { net, changes }: { net: number; changes: Change[] },
): Promise<Write[]> {
  const { scope, job } = changeset
  const seats = await seatsRow(scope, session.id)
  if (net > 0 && !job) refuseOvertaking(seats)
  const peopleWith = (step: 1 | -1) =>
    changes.flatMap(({ person, waits }) => (waits === step ? person : []))
  const change = { net, began: peopleWith(1), ended: peopleWith(-1) }
  const isLined = seats.wn || change.began.length > 0 || changeset.promoting.has(session.id)
  if (isLined) return [await lineWrite(changeset, session, { seats, change })]
  if (net === 0) return []
  if (net < 0 || job) return [changeSeats(scope, session.id, net)]
  return takenOne(scope, session.id, seats)
}

async function takenOne(scope: EventScope, session: string, seats: SeatsRow): Promise<Write[]> {
  refuseOvertaking(seats)
  if (seats.cap - seats.ct < worthSharing || scope.trial) return [takeSeat(scope, session)]
  await shareSeats(scope, session)
  throw new VersionConflict()
}

async function seatsRow(scope: EventScope, session: string): Promise<SeatsRow> {
  const seats = await getRow<SeatsRow>(scope, keys.seats(scope, session))
  if (seats) return seats
  forgetMode(keys.attendeeBuckets(scope, session))
  throw new VersionConflict()
}

const takeSeat = (scope: EventScope, session: string): Write =>
  update(
    keys.seats(scope, session),
    { add: { ct: 1 } },
    { exists: true, equals: { wn: undefined }, below: ['ct', 'cap'] },
    'conflict',
  )

const alone = { exists: true, equals: { wn: undefined } }

const changeSeats = (scope: EventScope, session: string, by: number): Write =>
  update(keys.seats(scope, session), { add: { ct: by } }, alone, () => {
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
    return [...(await takenOne(scope, session, await seatsRow(scope, session))), hold]
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
    return {
      session,
      hold: keys.seatHold(scope, session, job),
      seats: keys.seats(scope, session),
      own,
    }
  })
  const wanted = places.flatMap(({ hold, seats, own }) => [hold, seats, own])
  const rows = await getRows<Partial<SeatBucket> & Key>(scope, wanted)
  const found = ({ pk, sk }: Key) => rows.find((row) => row.pk === pk && row.sk === sk)
  return places.flatMap(({ session, hold, seats, own }) => {
    if (!found(hold)) return []
    const removed = remove(hold, { exists: true }, 'conflict')
    if (found(own)?.cp === spread) return [removed, share(own, 1)]
    if (!found(seats)) return [removed]
    const line = found(seats) as Partial<SeatsRow>
    return [
      removed,
      update(seats, { add: { ct: -1 } }, { exists: true }, 'conflict'),
      ...(line.wn ? newJob(scope, 'promote-waiting', { session }).writes : []),
    ]
  })
}
