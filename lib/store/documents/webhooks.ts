import type { Webhook } from '#lib/model/webhook.ts'
import type { Kind } from '#lib/store/document.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'

/** Webhooks: at most 100. How far one is stands in a row of its own, which begins with it and ends with it. */
export const webhooks: Kind<Webhook> = {
  name: 'webhook',
  missing: 'webhook_not_found',
  key: keys.webhook,
  set: sets.webhooks,
  under: (scope, id) => [keys.deliveries(scope, id), keys.retries(scope, id)],
  derived: (scope, { id, from }) => [
    { ...keys.delivering(scope, id), values: { cursor: from, failures: 0, vr: 1 } },
  ],
  telling: { silent: ['from'] },
}
