import type { Instant } from '#lib/base/time.ts'
import type { Person } from './person.ts'

/** A networking round and the attempt that made it: of two attempts at once only one becomes visible. */
export type RoundKey = { round: number; run: string }

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

export type Pair = [a: string, b: string]

export const noLedger: RoundLedger = { round: 0, runs: [], first: [], vr: 0 }

export const isVisible = ({ runs }: RoundLedger, { round, run }: RoundKey): boolean =>
  runs[round - 1] === run

/** The last visible round among them, 0 when there is none. */
export const lastRound = (ledger: RoundLedger, made: RoundKey[]): number =>
  Math.max(0, ...made.filter((one) => isVisible(ledger, one)).map(({ round }) => round))

/** Ready: said so after the last round in which they were paired. */
export function isReady({ agenda }: Pick<Person, 'agenda'>, session: string, paired: number) {
  const entry = agenda[session]
  return !!entry?.attends && entry.ready !== undefined && entry.ready >= paired
}

/** The ledger with one round more. */
export const nextLedger = (
  ledger: RoundLedger,
  { round, run }: RoundKey,
  pairs: Pair[],
  unmatched: string[],
): RoundLedger => ({
  round,
  runs: [...ledger.runs, run],
  first: leftOut(ledger.first, pairs, unmatched),
  vr: ledger.vr + 1,
})

/** Whoever was left out before and was not there this time is still due. */
function leftOut(first: string[], pairs: Pair[], unmatched: string[]): string[] {
  const paired = new Set(pairs.flat())
  return [...new Set([...first, ...unmatched])].filter((id) => !paired.has(id)).slice(-1000)
}
