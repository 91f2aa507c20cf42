import type { Instant } from '#lib/base/time.ts'
import type { RoundKey } from '#lib/table/keys.ts'

/** The state of a networking session; a round is there for readers once its run stands in `runs`. */
export type RoundLedger = {
  round: number
  /** The run of every round, by its number less one. */
  runs: string[]
  /** Who was left out and comes first next time. */
  first: string[]
  vr: number
}

/** A pair as it stands under one of the two. */
export type Match = RoundKey & {
  session: string
  other: string
  at: Instant
  matchStarted: boolean
}

export const noLedger: RoundLedger = { round: 0, runs: [], first: [], vr: 0 }

export const isVisible = ({ runs }: RoundLedger, { round, run }: RoundKey): boolean =>
  runs[round - 1] === run
