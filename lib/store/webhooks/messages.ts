import { nowMillis } from '#lib/base/time.ts'
import { isOfTypes } from '#lib/model/change.ts'
import {
  type Delivering,
  type Delivery,
  failuresThatBlock,
  type Webhook,
} from '#lib/model/webhook.ts'
import { type ChangeRow, isKept, latestChange, readRange } from '#lib/store/read/changes.ts'
import { keys } from '#lib/table/keys.ts'
import { twelve } from '#lib/table/keys-form.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** A change on its way to a webhook; `retry`: the row that asks for another try. */
export type Message = { change: ChangeRow; delivery: Delivery; retry?: string }
/** What is sent next, and how far the webhook is when all of it is. */
export type Found = { messages: Message[]; cursor: number; stale: string[] }

const changesRead = 100

/** What is to be tried again and is due, then new changes in their order; nothing when all is sent, or waits. */
export async function nextMessages(
  scope: EventScope,
  webhook: Webhook,
  state: Delivering,
  atOnce: number,
): Promise<Found | undefined> {
  const due = await retriesOf(scope, webhook.id, { limit: atOnce, until: nowMillis() })
  if (due.length > 0) return retried(scope, webhook, due, state.cursor)
  if (isBlocked(state) && (await firstRetry(scope, webhook.id))) return undefined
  const latest = await latestChange(scope)
  if (latest <= state.cursor) return undefined
  const to = Math.min(latest, state.cursor + changesRead)
  const rows = await readRange(scope, state.cursor + 1, to)
  const wanted = rows.filter((row) => isOfTypes(row, webhook.types)).slice(0, atOnce)
  const messages = wanted.map((change) => ({ change, delivery: firstDelivery(change) }))
  // Of what the feed does not keep any more, nothing can be sent.
  return { messages, cursor: wanted.at(-1)?.sequence ?? rows.at(-1)?.sequence ?? to, stale: [] }
}

/** Nothing new is tried while the receiver does not answer. */
export const isBlocked = ({ failures }: Delivering): boolean => failures >= failuresThatBlock

const firstDelivery = ({ id, sequence, type, occurredAt }: ChangeRow): Delivery => ({
  id: twelve(sequence),
  changeId: id,
  sequence,
  type,
  status: 'pending',
  attempts: 0,
  tries: [],
  createdAt: occurredAt,
})

type Retry = { sk: string }

async function retried(
  scope: EventScope,
  webhook: Webhook,
  due: Retry[],
  cursor: number,
): Promise<Found> {
  const deliveries = await getRows<Delivery>(
    scope,
    due.map(({ sk }) => keys.delivery(scope, webhook.id, deliveryIn(sk))),
  )
  const changes = await getRows<ChangeRow>(
    scope,
    deliveries.map(({ sequence }) => keys.change(scope, sequence)),
  )
  const messages = due.flatMap(({ sk }): Message[] => {
    const delivery = deliveries.find(({ id }) => id === deliveryIn(sk))
    const change = changes.find(({ sequence }) => sequence === delivery?.sequence)
    return delivery && change && isKept(change) ? [{ change, delivery, retry: sk }] : []
  })
  const known = new Set(messages.map(({ retry }) => retry))
  return { messages, cursor, stale: due.map(({ sk }) => sk).filter((sk) => !known.has(sk)) }
}

/** The delivery that a row asks to be tried again. */
export const deliveryIn = (sk: string): string => sk.slice(sk.indexOf('#') + 1)
export const dueIn = (sk: string): string => sk.slice(0, sk.indexOf('#'))

export const retriesOf = (
  scope: EventScope,
  webhook: string,
  { limit, until }: { limit: number; until?: number },
): Promise<Retry[]> =>
  queryRows<Retry>(scope, {
    pk: keys.retries(scope, webhook),
    ...(until !== undefined && { to: `${new Date(until).toISOString()}~` }),
    limit,
    only: ['sk'],
  })

/** When the next change is tried again. */
export async function firstRetry(scope: EventScope, webhook: string): Promise<string | undefined> {
  const [first] = await retriesOf(scope, webhook, { limit: 1 })
  return first && dueIn(first.sk)
}
