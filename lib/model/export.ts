import { newHex } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { type Instant, instantOf } from '#lib/base/time.ts'

export const exportKinds = [
  'people',
  'sessions',
  'attendance',
  'checkins',
  'usage_logs',
  'meetings',
  'changes',
] as const
export type ExportKind = (typeof exportKinds)[number]
export const exportFormats = ['csv', 'ndjson'] as const
export type ExportFormat = (typeof exportFormats)[number]
export type ExportStatus = 'pending' | 'running' | 'done' | 'failed'

/** What is wanted: in whose ids, and how times are printed. */
export type WantedExport = {
  what: ExportKind
  format: ExportFormat
  times: 'iso' | 'integer'
  system?: string
}

/** A file of all that an event has of something. `due`: when somebody is to look at it again. */
export type Export = WantedExport & {
  id: string
  status: ExportStatus
  createdAt: Instant
  finishedAt?: Instant
  /** How often it was begun. */
  attempts: number
  /** Who writes it, and until when they are believed to live. */
  lease?: { by: string; until: Instant }
  records?: number
  bytes?: number
  /** The key of the file. */
  file?: string
  /** Why there is none, as a sentence. */
  failure?: string
  due: Instant
  /** When it goes, with its file. */
  expiresAt?: Instant
  vr: number
}

export type Written = { file: string; records: number; bytes: number }

/** A writer that notes nothing for so long is dead. */
const leaseMs = 20_000
/** It is noted no more often than this. */
export const renewMs = 5_000
/** As often it is begun; then it is told failed. */
export const mostAttempts = 5
const keptMs = limits.exportHours.value * 3_600_000

const leaseOf = (by: string, now: number) => ({ by, until: instantOf(now + leaseMs) })

export const isAlive = ({ lease }: Export, now: number): boolean =>
  lease !== undefined && Date.parse(lease.until) > now

export const isEnded = ({ status }: Export): boolean => status === 'done' || status === 'failed'

/** Ended, and kept for as long as it is. */
export const isOver = ({ expiresAt }: Export, now: number): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= now

type Next = Pick<Export, 'vr'>
const next = <T extends Next>(before: T): T => ({ ...before, vr: before.vr + 1 })

/** Taken by a writer. */
export const begun = (before: Export, by: string, now: number): Export => ({
  ...next(before),
  status: 'running',
  attempts: before.attempts + 1,
  lease: leaseOf(by, now),
})

/** The writer lives. */
export const renewed = (before: Export, now: number): Export =>
  before.lease ? { ...next(before), lease: leaseOf(before.lease.by, now) } : before

/** To be begun anew: `forgiven`, as if it had never been. */
export function givenBack(before: Export, forgiven: boolean): Export {
  const { lease: _, ...rest } = next(before)
  return { ...rest, status: 'pending', ...(forgiven && { attempts: 0 }) }
}

/** There, or failed for the reason: from now on it is kept for a day. */
export function ended(before: Export, result: Written | string, now: number): Export {
  const { lease: _, file: __, failure: ___, ...rest } = next(before)
  const expiresAt = before.expiresAt ?? instantOf(now + keptMs)
  const end = { finishedAt: before.finishedAt ?? instantOf(now), expiresAt, due: expiresAt }
  if (typeof result === 'string') return { ...rest, ...end, status: 'failed', failure: result }
  return { ...rest, ...end, ...result, status: 'done' }
}

type InEvent = { event: string }

/** Under what the files of an event lie, or those of one export. Nothing but a signed address reads there. */
export const filePrefix = ({ event }: InEvent, id?: string): string =>
  id === undefined ? `exports/${event}/` : `exports/${event}/${id}/`

export const newFileKey = (scope: InEvent, id: string): string => filePrefix(scope, id) + newHex(16)
