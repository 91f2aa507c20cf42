import { limits } from '#lib/base/limits.ts'
import { type Instant, instantOf } from '#lib/base/time.ts'

/** A batch whose request had no time for all of its rows: what it was asked for, and by whose token. */
export type WantedBatch = {
  /** The id of the route that took it. */
  route: string
  /** The API path as the client wrote it, and what it names. */
  path: string
  params: Record<string, string>
  query: Record<string, string>
  times: 'iso' | 'integer'
  system?: string
  token: string
  rows: number
  done: number
}

/** A batch that goes on behind its answer. Its rows, and what became of them, stand beside it in parts. */
export type Batch = WantedBatch & {
  id: string
  status: 'running' | 'done' | 'failed'
  createdAt: Instant
  finishedAt?: Instant
  expiresAt?: Instant
  /** Why the rows that are left were not carried out, as a sentence. */
  failure?: string
  /** How many turns on end have brought no row to its end. */
  stalled?: number
  /** Opens what is noted of each row in the transaction that carries it out: 32 bytes as base64url. */
  rowKey: string
  /** Somebody who may be named in it was erased: it goes with its end. */
  isForgotten?: true
  vr: number
}

/** After so many turns that brought nothing to its end, some seconds apart, what is left is given up. */
export const mostStalled = 20

const keptMs = limits.batchHours.value * 3_600_000

/** Kept long enough. */
export const isOver = ({ expiresAt }: Batch, now: number): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= now

/** After a turn in which so many rows came to their end, all of them or (`failure`) as many as ever will. */
export function advanced(before: Batch, done: number, now: number, failure?: string): Batch {
  const stalled = done > before.done ? 0 : (before.stalled ?? 0) + 1
  const next = { ...before, done, stalled, vr: before.vr + 1 }
  if (done < before.rows) return next
  const end = { finishedAt: instantOf(now), expiresAt: instantOf(now + keptMs) }
  if (failure === undefined) return { ...next, ...end, status: 'done' }
  return { ...next, ...end, status: 'failed', failure }
}
