import { changesDays } from '#lib/base/config.ts'
import { newId } from '#lib/base/ids.ts'
import { now, nowMillis } from '#lib/base/time.ts'
import type { Event } from '#lib/model/event.ts'
import { type Delivery, tried, type Webhook } from '#lib/model/webhook.ts'
import { notePing } from '#lib/store/write/webhooks.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { post } from './send.ts'

const type = 'webhook.ping'

/** Sends a message that is no change, once, and notes what it came to beside the deliveries. */
export async function ping(scope: EventScope, event: Event, webhook: Webhook): Promise<Delivery> {
  const at = nowMillis()
  const changeId = newId('change')
  const message = {
    type,
    timestamp: now(),
    data: { event_id: event.id, webhook_id: webhook.id },
  }
  const begun: Delivery = {
    id: `P${String(at).padStart(15, '0')}${changeId.slice(-4)}`,
    changeId,
    sequence: 0,
    type,
    status: 'pending',
    attempts: 0,
    tries: [],
    createdAt: message.timestamp,
  }
  const outcome =
    webhook.target === 'url' ? await post(webhook, changeId, message) : await onBus(message)
  const sent = tried(webhook.id, begun, outcome, nowMillis())
  return notePing(scope, webhook.id, sent, Math.floor(at / 1000) + changesDays() * 86_400)
}

async function onBus(message: { type: string; timestamp: string }) {
  const { putOnBus } = await import('#lib/table/event-bus.ts')
  const [outcome] = await putOnBus([message])
  return outcome ?? { ok: false, ms: 0 }
}
