import { createHash } from 'node:crypto'
import { type Instant, instantOf } from '#lib/base/time.ts'

/** Where changes of an event are sent to: an address, or the account's own event bus. */
export type Webhook = {
  id: string
  target: 'url' | 'event_bus'
  /** Empty for the event bus. */
  url: string
  /** Types of changes, `person.*` and `*` among them. */
  types: string[]
  payload: 'thin' | 'full'
  description: string
  active: boolean
  /** Why it was switched off, where nobody did it by hand. */
  disabledReason?: string | undefined
  secrets: Secrets
  /** The sequence behind which it began. */
  from: number
  createdAt: Instant
  updatedAt: Instant
  vr: number
}

/** What signs: the secret, and until when the one before signs beside it. */
export type Secrets = { now: string; before?: string; beforeUntil?: Instant }

/** How far a webhook is: one row, which only its sender writes. */
export type Delivering = {
  /** Everything up to this sequence was tried, or is not wanted. */
  cursor: number
  /** Tries in a row that failed. */
  failures: number
  failingSince?: Instant
  lastSuccessAt?: Instant
  lastFailureAt?: Instant
  /** Its place in the queue. */
  due?: Instant
  /** Until when somebody sends for it, and who. */
  lease?: { by: string; until: Instant }
  vr: number
}

export type DeliveryStatus = 'pending' | 'succeeded' | 'failed'

/** What became of one change for one webhook. */
export type Delivery = {
  /** The sequence of the change in twelve digits; a ping has its moment. */
  id: string
  changeId: string
  /** 0 for a ping. */
  sequence: number
  type: string
  status: DeliveryStatus
  /** Tries so far; the latest ones are kept. */
  attempts: number
  tries: Try[]
  /** When it is tried again. */
  due?: Instant
  createdAt: Instant
}

export type Try = { at: Instant; ms: number; code?: number; error?: string }

/** What a try came to: the status of the answer, or why there was none. */
export type Outcome = { ok: boolean; gone?: boolean; code?: number; error?: string; ms: number }

const [second, minute, hour] = [1_000, 60_000, 3_600_000]
/** How long after a failed try the next one comes; behind the last, a change is given up. */
const pauses = [
  ...[5 * second, 5 * minute, 30 * minute],
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hour),
]
/** With nothing but failures for so long, a webhook is switched off. */
const patienceMs = 72 * hour
/** After so many failures in a row what is new waits until something has got through. */
export const failuresThatBlock = 3
const keptTries = 10

/**
 * When a change that failed so often is tried again: later by up to a tenth, so that not all webhooks try at once, and by
 * the same for all changes of one, so that they keep their order.
 */
function nextTry(webhook: string, attempts: number, now: number): Instant | undefined {
  const pause = pauses[attempts - 1]
  if (pause === undefined) return undefined
  const share =
    createHash('sha256').update(`${webhook} ${attempts}`).digest().readUInt16BE() / 65_536
  return instantOf(now + Math.round(pause * (1 + share / 10)))
}

/** Why a webhook is switched off after a try, if it is. */
export function reasonToStop(
  { ok, gone, code, error }: Outcome,
  failingSince: Instant | undefined,
  now: number,
): string | undefined {
  if (gone) return 'The receiver answered 410: it wants nothing more.'
  if (ok || failingSince === undefined || now - Date.parse(failingSince) < patienceMs) return
  const last = code === undefined ? error : `an answer with status ${code}`
  return `Every try failed for three days; the last one came to ${last}.`
}

/** A delivery to a webhook after one more try. */
export function tried(
  webhook: string,
  delivery: Delivery,
  outcome: Outcome,
  now: number,
): Delivery {
  const { ok, ms, code, error } = outcome
  const { due: _, ...before } = delivery
  const attempts = delivery.attempts + 1
  const one: Try = {
    at: instantOf(now),
    ms,
    ...(code !== undefined && { code }),
    ...(error !== undefined && { error }),
  }
  const due = ok || delivery.sequence === 0 ? undefined : nextTry(webhook, attempts, now)
  return {
    ...before,
    attempts,
    tries: [...delivery.tries, one].slice(-keptTries),
    status: ok ? 'succeeded' : due === undefined ? 'failed' : 'pending',
    ...(due !== undefined && { due }),
  }
}

/** How far a webhook is after one more try. */
export function after(state: Delivering, { ok }: Outcome, now: number): Delivering {
  const { failingSince, ...rest } = state
  if (ok) return { ...rest, failures: 0, lastSuccessAt: instantOf(now) }
  return {
    ...rest,
    failures: state.failures + 1,
    failingSince: failingSince ?? instantOf(now),
    lastFailureAt: instantOf(now),
  }
}

/** The secrets that sign at this moment. */
export const signingSecrets = ({ now, before, beforeUntil }: Secrets, at: number): string[] => [
  now,
  ...(before !== undefined && beforeUntil !== undefined && Date.parse(beforeUntil) > at
    ? [before]
    : []),
]
