import { Webhook as Signer } from 'standardwebhooks'
import { httpsOnly } from '#lib/base/config.ts'
import { log } from '#lib/base/log.ts'
import { guardedPost } from '#lib/base/outgoing/guarded-post.ts'
import type { OutgoingOptions } from '#lib/base/outgoing/guarded-request.ts'
import { now, nowMillis } from '#lib/base/time.ts'
import type { Change } from '#lib/model/change.ts'
import type { Event } from '#lib/model/event.ts'
import { type Outcome, signingSecrets, type Webhook } from '#lib/model/webhook.ts'
import type { Sending } from '#lib/store/webhooks/turn.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { webhookBody } from '#lib/wire/webhook.ts'
import { objectBody } from './object-body.ts'

let network: OutgoingOptions = {}

/** Replaces resolver and connector and returns a function that puts the old ones back; for tests alone. */
export function setWebhookNetwork(next: OutgoingOptions): () => void {
  const before = network
  network = next
  return () => {
    network = before
  }
}

/** How the changes of an event leave: to an address one by one, onto the event bus ten at a time. */
export const sendingOf = (event: Event): Sending => ({
  atOnce: ({ target }) => (target === 'event_bus' ? 10 : 1),
  send: async (scope, webhook, messages) => {
    const changes = messages.map(({ change }) => change)
    const bodies = await Promise.all(changes.map((one) => bodyOf(scope, event, webhook, one)))
    if (webhook.target === 'url') {
      return Promise.all(changes.map(({ id }, n) => post(webhook, id, bodies[n])))
    }
    const { putOnBus } = await import('#lib/table/event-bus.ts')
    return putOnBus(bodies)
  },
})

/** The body of a message as it is now: what was erased since is in none that still waits. */
async function bodyOf(scope: EventScope, event: Event, { payload }: Webhook, one: Change) {
  const view: Presentation = { zone: event.dates.zone, format: 'iso', at: now() }
  const body = payload === 'full' ? await objectBody(one, { scope, view, event }) : undefined
  return webhookBody(view, event.id, one, body)
}

/** One try, signed by every secret that signs now (Standard Webhooks, Signature scheme). */
export async function post(
  { url, secrets }: Pick<Webhook, 'url' | 'secrets'>,
  id: string,
  message: unknown,
): Promise<Outcome> {
  const body = JSON.stringify(message)
  const at = new Date(nowMillis())
  const signed = signingSecrets(secrets, at.getTime()).map((one) =>
    new Signer(one).sign(id, at, body),
  )
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signed.join(' '),
  }
  const to = new URL(url)
  if (httpsOnly() && to.protocol !== 'https:') return { ok: false, error: 'no https', ms: 0 }
  const { code, error, ms } = await guardedPost(to, { headers, body }, network)
  const ok = code !== undefined && code >= 200 && code < 300
  if (!ok) log('info', 'webhook not delivered', { change: id, code, text: error })
  return {
    ok,
    ms,
    ...(code !== undefined && { code }),
    ...(error !== undefined && { error }),
    ...(code === 410 && { gone: true }),
  }
}
