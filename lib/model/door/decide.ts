import type { Denial, Direction, Presence } from './scan.ts'

/** A scan that came so long after its time was made by a device that was offline. */
const lateMs = 60_000
/** How far a device's clock may be ahead. */
const aheadMs = 5 * 60_000

/** What is known of somebody at a door when a badge is held in front of it. */
export type Standing = {
  type: Direction
  /** Milliseconds since 1970. */
  at: number
  received: number
  force: boolean
  isBlocked: boolean
  /** Where the event has ticket types: whether the person holds one, and whether it covers the session. */
  hasTicket: boolean
  isCovered: boolean
  /** The session takes place, as far as is known. */
  isOn: boolean
  /** Of a session with seats: whether the person has one, and whether one is left. */
  hasSeat: boolean
  isFull: boolean
}

/** No clock is so far ahead: the scan claims what cannot be. */
export const isAhead = ({ at, received }: Pick<Standing, 'at' | 'received'>): boolean =>
  at > received + aheadMs

export const isLate = ({ at, received }: Pick<Standing, 'at' | 'received'>): boolean =>
  received - at > lateMs

/**
 * Why somebody is not let through, or nothing. What has happened already (a late scan) and what is forced is recorded
 * as it happened; whoever leaves needs only to be inside.
 */
export function denialOf(standing: Standing, { inside }: Presence): Denial | undefined {
  if (isAhead(standing)) return 'wrong_time'
  if (standing.force || isLate(standing)) return undefined
  if (standing.type === 'exit') return inside ? undefined : 'not_inside'
  if (standing.isBlocked) return 'blocked'
  if (!standing.hasTicket) return 'no_ticket'
  if (!standing.isCovered) return 'ticket_does_not_cover'
  if (inside) return 'already_inside'
  if (!standing.isOn) return 'wrong_time'
  if (standing.hasSeat) return undefined
  return standing.isFull ? 'session_full' : 'not_attending'
}
