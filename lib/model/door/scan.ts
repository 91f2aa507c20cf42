import type { Instant } from '#lib/base/time.ts'

/** Why somebody is not let through; the order in which reasons are looked for. */
export const denials = [
  'unknown_code',
  'blocked',
  'no_ticket',
  'ticket_does_not_cover',
  'already_inside',
  'not_inside',
  'wrong_time',
  'session_full',
  'not_attending',
] as const
export type Denial = (typeof denials)[number]

export const directions = ['entry', 'exit'] as const
export type Direction = (typeof directions)[number]

/** Where scans are counted: the event's entrance, or a session by its id. */
export const entrance = 'entrance'

/** A scan as it is kept: who, where, when, and what became of it. */
export type Scan = {
  id: string
  /** A session's id, or `entrance`. */
  list: string
  person?: string
  type: Direction
  status: 'ok' | 'denied'
  reason?: Denial
  /** When the badge was held in front of the device, and when we heard of it: milliseconds since 1970. */
  at: number
  received: number
  device?: string
  /** Sent later by a device that was offline, or let through whatever spoke against it. */
  late?: boolean
  forced?: boolean
  /** Whether the person was inside behind it. */
  inside: boolean
  /** The hash of the nonce, under which the scan is found again. */
  nonce: string
  createdAt: Instant
}

/** How somebody stands to a door, and what their scans there come to. */
export type Presence = {
  inside: boolean
  /** Time and id of the last scan that was let through, by the time of scanning. */
  at: number
  last: string
  /** Scans of entering that were let through, and scans that were not. */
  entries: number
  denied: number
  /** Between these times all scans lie. */
  from: number
  to: number
  vr: number
}

export const nowhere: Presence = {
  inside: false,
  at: 0,
  last: '',
  entries: 0,
  denied: 0,
  from: Number.MAX_SAFE_INTEGER,
  to: 0,
  vr: 0,
}

/** The presence with one more scan; what was scanned earlier than the last changes nothing about who is inside. */
export function withScan(
  before: Presence,
  scan: Pick<Scan, 'id' | 'at' | 'type' | 'status'>,
): Presence {
  const { id, at, type, status } = scan
  const isOk = status === 'ok'
  const isLast = isOk && (at > before.at || (at === before.at && id > before.last))
  return {
    inside: isLast ? type === 'entry' : before.inside,
    at: isLast ? at : before.at,
    last: isLast ? id : before.last,
    entries: before.entries + (isOk && type === 'entry' ? 1 : 0),
    denied: before.denied + (isOk ? 0 : 1),
    from: Math.min(before.from, at),
    to: Math.max(before.to, at),
    vr: before.vr + 1,
  }
}

/** What a door counts: who is inside, entries, people who have entered at least once, and denials. */
export type Tally = { inside: number; entries: number; people: number; denied: number }
export const noTally: Tally = { inside: 0, entries: 0, people: 0, denied: 0 }

/** What a presence adds to the counts of its door. */
export const tallyOf = ({ inside, entries, denied }: Presence): Tally => ({
  inside: inside ? 1 : 0,
  entries,
  people: entries > 0 ? 1 : 0,
  denied,
})

export const minus = (one: Tally, other: Tally): Tally => ({
  inside: one.inside - other.inside,
  entries: one.entries - other.entries,
  people: one.people - other.people,
  denied: one.denied - other.denied,
})
export const plus = (one: Tally, other: Tally): Tally => minus(one, minus(noTally, other))
