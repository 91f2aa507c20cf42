import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { changesDays } from '#lib/base/config.ts'
import { type Instant, instantOf, nowMillis } from '#lib/base/time.ts'
import {
  after,
  type Delivering,
  type Outcome,
  reasonToStop,
  tried,
  type Webhook,
} from '#lib/model/webhook.ts'
import { change, find } from '#lib/store/document.ts'
import { webhooks } from '#lib/store/documents/webhooks.ts'
import { latestChange } from '#lib/store/read/changes.ts'
import { unlessConflict } from '#lib/store/unless-conflict.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { put, remove, type Write } from '#lib/table/writes.ts'
import {
  deliveryIn,
  dueIn,
  type Found,
  firstRetry,
  isBlocked,
  type Message,
  nextMessages,
  retriesOf,
} from './messages.ts'

/** How changes leave: so many at once, and what each came to. */
export type Sending = {
  atOnce: (webhook: Webhook) => number
  send: (scope: EventScope, webhook: Webhook, messages: Message[]) => Promise<Outcome[]>
}

/** Longer than a try: a sender that notes nothing for so long is dead. */
const leaseMs = 30_000
/** A try, and noting what it came to. */
const tryMs = 13_000
/** What is due so soon is waited for, in place of being called again. */
let waitsMs = 7_000

/** Sets for how long a sender waits, and returns a function that puts it back; for tests with a clock of their own. */
export function setWaiting(ms: number): () => void {
  const before = waitsMs
  waitsMs = ms
  return () => {
    waitsMs = before
  }
}

/** `busy`: somebody else sends. `more`: there is more to be sent, but no time left. */
export type Turn = 'busy' | 'more' | 'done'

type Held = { webhook: Webhook; state: Delivering }

/**
 * Sends what a webhook has yet to get, one sender at a time, and notes what each try came to before the next. Whoever is
 * killed is followed by another when the lease ends, and what was not noted is sent again: at least once.
 */
export async function takeTurn(scope: EventScope, id: string, sending: Sending): Promise<Turn> {
  const claimed = await claim(scope, id)
  if (!claimed) return 'busy'
  try {
    const held = await sendAll(scope, id, claimed, sending)
    return await release(scope, id, held)
  } catch (error) {
    // Somebody else took over, or the webhook is gone.
    if (error instanceof VersionConflict) return 'busy'
    throw error
  }
}

/** Makes this the one sender, unless there is one that lives. */
async function claim(scope: EventScope, id: string): Promise<Delivering | undefined> {
  const state = await getRow<Delivering>(scope, keys.delivering(scope, id))
  if (!state || Date.parse(state.lease?.until ?? '') > nowMillis()) return undefined
  const lease = { by: randomUUID(), until: instantOf(nowMillis() + leaseMs) }
  try {
    return await noteState(scope, id, { ...state, lease }, { due: lease.until })
  } catch (error) {
    if (error instanceof VersionConflict) return undefined
    throw error
  }
}

async function sendAll(
  scope: EventScope,
  id: string,
  claimed: Delivering,
  sending: Sending,
): Promise<Delivering> {
  let state = claimed
  while (hasTime(scope)) {
    const webhook = await find(scope, webhooks, id)
    if (!webhook?.active) return state
    const found = await nextMessages(scope, webhook, state, sending.atOnce(webhook))
    if (found) state = await sendSome(scope, { webhook, state }, found, sending)
    else if (!(await soonDue(scope, id))) return state
  }
  return state
}

const hasTime = ({ deadline }: EventScope): boolean => Date.now() + tryMs < deadline

/** Waits for what is due within a moment; false when nothing is. */
async function soonDue(scope: EventScope, id: string): Promise<boolean> {
  const due = await firstRetry(scope, id)
  const left = due === undefined ? Number.POSITIVE_INFINITY : Date.parse(due) - nowMillis()
  if (left > waitsMs || Date.now() + left + tryMs > scope.deadline) return false
  await sleep(Math.max(0, left) + 1)
  return true
}

async function sendSome(
  scope: EventScope,
  { webhook, state }: Held,
  { messages, cursor, stale }: Found,
  { send }: Sending,
): Promise<Delivering> {
  if (stale.length > 0) {
    await transact(
      scope,
      stale.map((sk) => remove(retryKey(scope, webhook.id, sk))),
    )
  }
  if (messages.length === 0) {
    return cursor === state.cursor ? state : noteState(scope, webhook.id, { ...state, cursor })
  }
  const outcomes = await send(scope, webhook, messages)
  let next = state
  for (const [n, message] of messages.entries()) {
    const outcome = outcomes[n] ?? { ok: false, error: 'nothing came back', ms: 0 }
    next = await note(scope, { webhook, state: next }, message, outcome)
  }
  return next
}

/** Notes what one try came to: the delivery, when it is tried again, and how far the webhook is. */
async function note(
  scope: EventScope,
  { webhook, state }: Held,
  { delivery, retry, change: { sequence } }: Message,
  outcome: Outcome,
): Promise<Delivering> {
  const now = nowMillis()
  const done = tried(webhook.id, delivery, outcome, now)
  const lease = state.lease && { ...state.lease, until: instantOf(now + leaseMs) }
  const next = {
    ...after(state, outcome, now),
    ...(lease && { lease }),
    cursor: Math.max(state.cursor, sequence),
  }
  const ttl = Math.floor(now / 1000) + changesDays() * 86_400
  const noted = await noteState(scope, webhook.id, next, {
    more: [
      put({ ...keys.delivery(scope, webhook.id, done.id), ...done, ttl }),
      ...(retry === undefined ? [] : [remove(retryKey(scope, webhook.id, retry))]),
      ...(done.due === undefined ? [] : [put(keys.retry(scope, webhook.id, done.due, done.id))]),
    ],
  })
  const reason = reasonToStop(outcome, next.failingSince, now)
  if (reason !== undefined) await switchOff(scope, webhook.id, reason)
  if (outcome.ok && isBlocked(state)) await bringForward(scope, webhook.id)
  return noted
}

const switchOff = (scope: EventScope, id: string, disabledReason: string): Promise<void> =>
  change(scope, webhooks, id, async (_, next) => ({
    after: next({ active: false, disabledReason }),
    made: undefined,
  }))

/** The receiver is back: what failed meanwhile comes at once, before anything new. */
async function bringForward(scope: EventScope, id: string): Promise<void> {
  const now = instantOf(nowMillis())
  for (const { sk } of await retriesOf(scope, id, { limit: 90 })) {
    if (dueIn(sk) <= now) continue
    const delivery = deliveryIn(sk)
    // Of a webhook that was just deleted nothing is put back.
    await unlessConflict(() =>
      transact(scope, [
        remove(retryKey(scope, id, sk), { exists: true }, 'conflict'),
        put(keys.retry(scope, id, now, delivery)),
      ]),
    )
  }
}

/** Lets go, and says when the next turn is due. */
async function release(scope: EventScope, id: string, state: Delivering): Promise<Turn> {
  const { lease: _, ...free } = state
  const active = (await find(scope, webhooks, id))?.active === true
  const due = active ? await firstRetry(scope, id) : undefined
  // Its place in the queue stays until it is seen that nothing came while nobody looked any more.
  const freed = await noteState(scope, id, free, { due })
  if (due !== undefined && Date.parse(due) <= nowMillis()) return 'more'
  const waits = isBlocked(free) && due !== undefined
  if (active && !waits && (await latestChange(scope)) > free.cursor) return 'more'
  if (due === undefined) await noteState(scope, id, freed, { due: null })
  return 'done'
}

/**
 * Writes how far a webhook is under the version that was read, beside other writes; `due` moves its place in the queue,
 * null takes it out.
 */
async function noteState(
  scope: EventScope,
  id: string,
  state: Delivering,
  { due, more = [] }: { due?: Instant | null | undefined; more?: Write[] } = {},
): Promise<Delivering> {
  const { due: before, ...rest } = state
  const wanted = due === undefined ? before : (due ?? undefined)
  const next = { ...rest, ...(wanted !== undefined && { due: wanted }), vr: state.vr + 1 }
  const moves = wanted !== before
  await transact(scope, [
    put({ ...next, ...keys.delivering(scope, id) }, { vr: state.vr }, 'conflict'),
    ...(moves && before !== undefined ? [remove(keys.dueWebhook(scope, before, id))] : []),
    ...(moves && wanted !== undefined ? [put(keys.dueWebhook(scope, wanted, id))] : []),
    ...more,
  ])
  return next
}

const retryKey = (scope: EventScope, id: string, sk: string) =>
  keys.retry(scope, id, dueIn(sk), deliveryIn(sk))
