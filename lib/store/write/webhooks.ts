import { randomBytes } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { instantOf, nowMillis } from '#lib/base/time.ts'
import type { Delivering, Delivery, Webhook } from '#lib/model/webhook.ts'
import { born, change, create, type Precondition } from '#lib/store/document.ts'
import { webhooks } from '#lib/store/documents/webhooks.ts'
import { newJob } from '#lib/store/queue.ts'
import { latestChange } from '#lib/store/read/changes.ts'
import { type KnownWebhook, loadWebhook, requireDelivery } from '#lib/store/read/webhooks.ts'
import { keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { check, put, remove, update, type Write } from '#lib/table/writes.ts'

export type WebhookFields = Pick<
  Webhook,
  'target' | 'url' | 'types' | 'payload' | 'description' | 'active'
>

const secretBytes = 32
/** For so long the secret before signs beside the new one. */
const bothSignMs = 24 * 3_600_000

const newSecret = (): string => `whsec_${randomBytes(secretBytes).toString('base64')}`

/** Makes a webhook; it is sent what happens from then on. */
export async function createWebhook(
  scope: EventScope,
  fields: WebhookFields,
): Promise<KnownWebhook> {
  const from = await latestChange(scope)
  const secrets = { now: newSecret() }
  const webhook: Webhook = { ...fields, ...born(), id: newId('webhook'), secrets, from }
  const state: Delivering = { cursor: from, failures: 0, vr: 1 }
  return create(scope, webhooks, webhook, { made: { webhook, state, pending: 0 } })
}

/** Replaces what a webhook is. One that is switched on again goes on where it was stopped. */
export const updateWebhook = (
  scope: EventScope,
  id: string | undefined,
  fields: (current: Webhook) => WebhookFields,
  precondition: Precondition<KnownWebhook>,
): Promise<KnownWebhook> =>
  change(scope, webhooks, id, async (before, next) => {
    const known = await loadWebhook(scope, before)
    precondition(known)
    const wanted = fields(before)
    const reason = wanted.active ? undefined : before.disabledReason
    const after = next({ ...wanted, disabledReason: reason })
    const wakes = wanted.active && !before.active
    const more = wakes ? wakeWrites(scope, before.id, known.state) : []
    return { after, made: { ...known, webhook: after }, more }
  })

export const deleteWebhook = (
  scope: EventScope,
  id: string | undefined,
  precondition: Precondition<KnownWebhook>,
): Promise<KnownWebhook> =>
  change(scope, webhooks, id, async (before) => {
    const known = await loadWebhook(scope, before)
    precondition(known)
    const job = newJob(scope, 'delete-webhook', { webhook: before.id })
    return { after: undefined, made: known, more: job.writes }
  })

/** Gives a webhook a new secret; the one before signs beside it for a day. */
export const renewSecret = (scope: EventScope, id: string | undefined): Promise<KnownWebhook> =>
  change(scope, webhooks, id, async (before, next) => {
    const known = await loadWebhook(scope, before)
    const beforeUntil = instantOf(nowMillis() + bothSignMs)
    const secrets = { now: newSecret(), before: before.secrets.now, beforeUntil }
    const webhook = next({ secrets })
    return { after: webhook, made: { ...known, webhook } }
  })

/** Puts a delivery to be tried again at once, as if it were the first try. */
export const redeliver = (scope: EventScope, webhook: Webhook, id: string): Promise<Delivery> =>
  retryOnConflict(scope, async () => {
    const before = await requireDelivery(scope, webhook.id, id)
    if (before.sequence === 0) throw new ApiError('delivery_not_found')
    const due = instantOf(nowMillis())
    const after: Delivery = { ...before, status: 'pending', attempts: 0, due }
    const key = keys.delivery(scope, webhook.id, id)
    return commit(
      scope,
      [
        update(
          key,
          { set: { status: after.status, attempts: 0, due } },
          { equals: { attempts: before.attempts, status: before.status } },
          'conflict',
        ),
        ...(before.due ? [remove(keys.retry(scope, webhook.id, before.due, id))] : []),
        put(keys.retry(scope, webhook.id, due, id)),
        put(keys.dueWebhook(scope, due, webhook.id)),
      ],
      after,
    )
  })

/** Notes what a ping came to while its webhook is there, and gives it: the answer to its request. */
export const notePing = (scope: EventScope, webhook: string, ping: Delivery, ttl: number) =>
  commit(
    scope,
    [
      check(keys.webhook(scope, webhook), { exists: true }, 'webhook_not_found'),
      put({ ...keys.delivery(scope, webhook, ping.id), ...ping, ttl }),
    ],
    ping,
  )

/** The writes that make somebody look at a webhook now. */
function wakeWrites(scope: EventScope, id: string, state: Delivering): Write[] {
  const due = instantOf(nowMillis())
  return [
    update(
      keys.delivering(scope, id),
      { set: { due, failures: 0 }, remove: ['failingSince'], add: { vr: 1 } },
      { exists: true },
      'conflict',
    ),
    ...(state.due ? [remove(keys.dueWebhook(scope, state.due, id))] : []),
    put(keys.dueWebhook(scope, due, id)),
  ]
}
