import { createHash } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { now, nowMillis } from '#lib/base/time.ts'
import { denialOf, isAhead, isLate, type Standing } from '#lib/model/door/decide.ts'
import {
  type Direction,
  entrance,
  noTally,
  nowhere,
  type Presence,
  type Scan,
  tallyOf,
  withScan,
} from '#lib/model/door/scan.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { covers, type TicketType } from '#lib/model/ticket.ts'
import { find } from '#lib/store/document.ts'
import { ticketTypes } from '#lib/store/documents/ticket-types.ts'
import { getPerson } from '#lib/store/read/included-people.ts'
import { sets } from '#lib/store/sets.ts'
import { total } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict, VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { put, type Write } from '#lib/table/writes.ts'
import { type Badge, badgeOf, codeHash, holderOf } from './badges.ts'
import { tallyWrites } from './tally.ts'

/** A badge held in front of a door, or whoever the desk has found by name. */
export type WantedScan = {
  /** Our id, or nothing for one that nobody knows; or the code of a badge. */
  person?: string | undefined
  code?: string | undefined
  /** Where: undefined for the event's entrance. */
  session?: Session | undefined
  type: Direction
  at?: number | undefined
  nonce?: string | undefined
  device?: string | undefined
  force: boolean
  /** The doors of which the caller may know, where not of all. */
  doors?: readonly string[] | undefined
}
export type TakenScan = { scan: Scan; person: Person | undefined; isNew: boolean }

const hashOf = (nonce: string): string => createHash('sha256').update(nonce).digest('hex')

/**
 * Judges a scan and keeps it, let through or not, with what it changes about who is inside, in one transaction. A scan
 * with a nonce that was taken already is that one again.
 */
export const takeScan = (scope: EventScope, wanted: WantedScan): Promise<TakenScan> => {
  const received = nowMillis()
  const id = newId('checkin')
  const nonce = hashOf(wanted.nonce ?? id)
  return retryOnConflict(scope, async () => {
    const [before, holder] = await Promise.all([
      wanted.nonce === undefined ? undefined : scanBehind(scope, nonce),
      wanted.code === undefined ? wanted.person : holderOf(scope, wanted.code),
    ])
    if (before) {
      if (wanted.doors && !wanted.doors.includes(before.scan.list)) throw new ApiError('forbidden')
      return commit(scope, [], before)
    }
    const draft = { id, nonce, received, at: wanted.at ?? received }
    return keep(scope, wanted, { draft, holder })
  })
}

type Found = {
  draft: Pick<Scan, 'id' | 'nonce' | 'received' | 'at'>
  holder: string | undefined
}

async function keep(scope: EventScope, wanted: WantedScan, found: Found): Promise<TakenScan> {
  const { holder, draft } = found
  const list = wanted.session?.id ?? entrance
  const [person, presence = nowhere, badge] = await Promise.all([
    holder === undefined ? undefined : getPerson(scope, holder),
    holder === undefined ? undefined : getRow<Presence>(scope, keys.presence(scope, holder, list)),
    holder === undefined ? undefined : badgeOf(scope, holder),
  ])
  const known = isTheirs(wanted, badge) ? person : undefined
  const reason = known
    ? denialOf(await standingOf(scope, wanted, { draft, person: known, badge }), presence)
    : 'unknown_code'
  const { type, device, force } = wanted
  const at = orderedAt(draft, presence, { isDenied: reason !== undefined, force })
  const judged = { ...draft, at, list, type, status: reason ? 'denied' : 'ok' } as const
  const after = withScan(presence, judged)
  const scan: Scan = {
    ...judged,
    ...(reason && { reason }),
    ...(known && { person: known.id }),
    ...(device !== undefined && { device }),
    ...(isLate(draft) && { late: true }),
    ...(force && { forced: true }),
    inside: known ? after.inside : false,
    createdAt: now(),
  }
  const writes = [
    ...scanWrites(scope, scan),
    ...(known
      ? presenceWrites(scope, scan, [presence, after])
      : tallyWrites(scope, list, noTally, { ...noTally, denied: 1 })),
  ]
  return commit(scope, writes, { scan, person: known, isNew: true })
}

/**
 * The time under which a scan stands. What is judged as it comes stands behind what it was judged by, and not ahead of
 * our clock, however the clocks of devices go; what happened earlier, or is forced, stands where it says.
 */
function orderedAt(
  draft: Found['draft'],
  presence: Presence,
  { isDenied, force }: { isDenied: boolean; force: boolean },
): number {
  if (isLate(draft) || isAhead(draft)) return draft.at
  const at = Math.min(draft.at, draft.received)
  return isDenied || force ? at : Math.max(at, presence.at + 1)
}

/** A code that was replaced is nobody's. */
const isTheirs = ({ code }: WantedScan, badge: Badge | undefined): boolean =>
  code === undefined || badge?.hash === codeHash(code)

function scanWrites(scope: EventScope, scan: Scan): Write[] {
  const key = keys.scan(scope, scan.list, scan.at, scan.id)
  const nonce = { ...keys.nonce(scope, scan.nonce), list: scan.list, to: key.sk }
  return [
    put({ ...scan, ...key, kind: 'checkin' }, { exists: false }, 'conflict'),
    put(nonce, { exists: false }, 'conflict'),
  ]
}

function presenceWrites(
  scope: EventScope,
  { list, person = '' }: Scan,
  [before, after]: [Presence, Presence],
): Write[] {
  const when = before.vr === 0 ? { exists: false } : { vr: before.vr }
  return [
    put({ ...keys.presence(scope, person, list), ...after }, when, 'conflict'),
    ...tallyWrites(scope, list, tallyOf(before), tallyOf(after)),
  ]
}

/** The scan that a nonce stands for already. */
async function scanBehind(scope: EventScope, nonce: string): Promise<TakenScan | undefined> {
  const found = await getRow<{ list: string; to: string }>(scope, keys.nonce(scope, nonce))
  if (!found) return undefined
  const scan = await getRow<Scan>(scope, { pk: keys.scans(scope, found.list), sk: found.to })
  if (!scan) throw new VersionConflict()
  const person = scan.person === undefined ? undefined : await getPerson(scope, scan.person)
  return { scan, person, isNew: false }
}

type Before = Pick<Found, 'draft'> & { person: Person; badge: Badge | undefined }

async function standingOf(
  scope: EventScope,
  { session, type, force }: WantedScan,
  { draft, person, badge }: Before,
): Promise<Standing> {
  const [ticket, isFull] = await Promise.all([ticketOf(scope, person), isTaken(scope, session)])
  const entry = session && person.agenda[session.id]
  return {
    type,
    force,
    at: draft.at,
    received: draft.received,
    isBlocked: badge !== undefined && badge.code === undefined,
    hasTicket: ticket !== 'none',
    isCovered: session === undefined || typeof ticket === 'string' || covers(ticket, session.id),
    isOn: session === undefined || session.status !== 'CANCELLED',
    hasSeat: session?.capacity === undefined || entry !== undefined,
    isFull,
  }
}

/** The type of somebody's ticket, `none` where they need one, `free` where the event has none at all. */
async function ticketOf(
  scope: EventScope,
  { ticket }: Person,
): Promise<TicketType | 'none' | 'free'> {
  const type = await find(scope, ticketTypes, ticket?.type)
  if (type) return type
  const any = await queryRows(scope, { pk: keys.ticketTypes(scope), limit: 1, only: ['sk'] })
  return any.length > 0 ? 'none' : 'free'
}

async function isTaken(scope: EventScope, session: Session | undefined): Promise<boolean> {
  if (session?.capacity === undefined) return false
  return (await total(scope, sets.attendees(scope, session.id))) >= session.capacity
}
