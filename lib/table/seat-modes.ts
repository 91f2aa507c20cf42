import type { Row } from './writes.ts'

/**
 * How a session's seats are kept (docs/data.md, Seats), as each of its buckets says in `cp`: not limited, one item
 * that counts them, or shares of them in the buckets.
 */
export type SeatMode = 0 | 1 | 2
export const open = 0
export const single = 1
export const spread = 2

/** How a count of attendees changes the share of its bucket: each takes a seat, and `extra` come from elsewhere. */
export type SeatCount = { mode: 1 } | { mode: 2; extra: number }

const modes = new Map<string, SeatMode>()
const short = new Set<string>()

/** What the buckets of a partition last said; every write holds it against them. */
export const knownMode = (buckets: string): SeatMode | undefined => modes.get(buckets)
/** Whether some share has been found empty: who takes a seat looks first where there is one. */
export const isShort = (buckets: string): boolean => short.has(buckets)

/** Asks the buckets anew: what they last said does not hold any more. */
export const forgetMode = (buckets: string): void => void modes.delete(buckets)

/** Notes what a bucket says, when a count fails because it was thought otherwise. */
export function noteSeats(buckets: string, { cp = open, fr }: Row): void {
  if (modes.size + short.size > 50_000) forgetSeats()
  modes.set(buckets, cp as SeatMode)
  if (cp === spread && Number(fr) <= 0) short.add(buckets)
}

/** Forgets all that buckets ever said, as a new process has never heard it. */
export function forgetSeats(): void {
  modes.clear()
  short.clear()
}
