import { ApiError } from '#lib/base/errors.ts'
import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { isOfTypes } from '#lib/model/change.ts'
import type { Delivering, Delivery, DeliveryStatus, Webhook } from '#lib/model/webhook.ts'
import { required } from '#lib/store/document.ts'
import { webhooks } from '#lib/store/documents/webhooks.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { isKept, latestChange, readRange } from './changes.ts'

/** A webhook with how far it is, and how many changes it has yet to get. */
export type KnownWebhook = { webhook: Webhook; state: Delivering; pending: number }

/** Of what is not tried yet, so much is looked through to count it; more is told as so much. */
const mostCounted = 1_000
/** As many deliveries are listed, the latest ones. */
const mostListed = 5_000

export const allWebhooks = (scope: EventScope): Promise<Webhook[]> =>
  queryRows<Webhook>(scope, { pk: keys.webhooks(scope) })

/** Webhooks in id order. */
export async function listWebhooks(
  scope: EventScope,
  wanted: PageWanted,
): Promise<Page<KnownWebhook>> {
  const [all, latest] = await Promise.all([allWebhooks(scope), latestChange(scope)])
  const page = pageOfList(all, ({ id }) => id, wanted)
  const rows = await Promise.all(page.rows.map((one) => loadWebhook(scope, one, latest)))
  return { ...page, rows }
}

export const requireWebhook = async (scope: EventScope, id: string | undefined) =>
  loadWebhook(scope, await required(scope, webhooks, id))

/** `known`: the latest change of the event, where it has been read. */
export async function loadWebhook(
  scope: EventScope,
  webhook: Webhook,
  known?: number,
): Promise<KnownWebhook> {
  const [row, latest, retries] = await Promise.all([
    getRow<Delivering>(scope, keys.delivering(scope, webhook.id)),
    known ?? latestChange(scope),
    queryRows(scope, { pk: keys.retries(scope, webhook.id), only: ['sk'], limit: mostCounted }),
  ])
  const state = row ?? { cursor: webhook.from, failures: 0, vr: 1 }
  const pending = retries.length + (await untried(scope, webhook, state.cursor, latest))
  return { webhook, state, pending }
}

async function untried(
  scope: EventScope,
  { types }: Webhook,
  cursor: number,
  latest: number,
): Promise<number> {
  if (latest <= cursor) return 0
  const to = Math.min(latest, cursor + mostCounted)
  if (types.includes('*')) return to - cursor
  return (await readRange(scope, cursor + 1, to)).filter((one) => isOfTypes(one, types)).length
}

/** The latest deliveries of a webhook: pings, then changes, the newest first. */
export async function listDeliveries(
  scope: EventScope,
  webhook: string,
  status: DeliveryStatus | undefined,
  wanted: PageWanted,
): Promise<Page<Delivery>> {
  const rows = await queryRows<Delivery & { ttl: number }>(scope, {
    pk: keys.deliveries(scope, webhook),
    limit: mostListed,
    descending: true,
  })
  const shown = rows.filter((one) => isKept(one) && (status === undefined || one.status === status))
  const { after, ...rest } = wanted
  const from = after === undefined ? -1 : shown.findIndex(({ id }) => id === after)
  const page = pageOfList(shown.slice(from + 1), ({ id }) => id, {
    ...rest,
    offset: after === undefined ? wanted.offset : 0,
  })
  return { ...page, total: shown.length }
}

export async function requireDelivery(
  scope: EventScope,
  webhook: string,
  id: string,
): Promise<Delivery> {
  const row = await getRow<Delivery & { ttl: number }>(scope, keys.delivery(scope, webhook, id))
  if (!row || !isKept(row)) throw new ApiError('delivery_not_found')
  return row
}
