import * as v from 'valibot'
import { webhooksToLoopback } from '#lib/base/config.ts'
import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { httpUrl, plainText } from '#lib/base/text.ts'
import type { Change } from '#lib/model/change.ts'
import { isTypePattern } from '#lib/model/change.ts'
import type { Delivery, Webhook } from '#lib/model/webhook.ts'
import type { KnownWebhook } from '#lib/store/read/webhooks.ts'
import type { WebhookFields } from '#lib/store/write/webhooks.ts'
import { addressProblem } from './address-problem.ts'
import { printChange } from './change.ts'
import { ignored, listOf } from './fields.ts'
import { type Presentation, printStamps, printTime } from './presentation.ts'

const typePattern = v.pipe(
  v.string(),
  v.check(
    (text) => text === '*' || isTypePattern(text),
    'Expected a type of changes such as person.updated, person.* for all of one object, or * for all.',
  ),
)

/** What POST takes, and PATCH after merging. */
export const WebhookBody = v.strictObject({
  webhook_id: v.nullish(v.string()),
  url: v.nullish(httpUrl),
  target: v.nullish(v.picklist(['url', 'event_bus'], 'Expected url or event_bus.')),
  types: v.nullish(listOf(typePattern, limits.webhookTypes.value)),
  payload: v.nullish(v.picklist(['thin', 'full'], 'Expected thin or full.')),
  description: v.nullish(plainText(limits.noteLength.value)),
  active: v.nullish(v.boolean()),
  secret: ignored,
  disabled_reason: ignored,
  last_success_at: ignored,
  last_failure_at: ignored,
  pending: ignored,
  timestamps: ignored,
})
export type WebhookBody = v.InferOutput<typeof WebhookBody>

const text = v.string()
const time = v.union([text, v.number()])
const entries = {
  webhook_id: text,
  target: v.picklist(['url', 'event_bus']),
  url: v.nullable(text),
  types: v.array(text),
  payload: v.picklist(['thin', 'full']),
  description: text,
  active: v.boolean(),
  disabled_reason: v.nullable(text),
  last_success_at: v.nullable(time),
  last_failure_at: v.nullable(time),
  pending: v.pipe(v.number(), v.integer()),
  timestamps: v.object({
    request_datetime: time,
    creation_datetime: time,
    update_datetime: time,
  }),
}
export const WebhookAnswer = v.object(entries)
/** With its secret: shown when it is made, and never again. */
export const WebhookWithSecretAnswer = v.object({ ...entries, secret: text })

export const DeliveryAnswer = v.object({
  delivery_id: text,
  change_id: text,
  sequence: v.pipe(v.number(), v.integer()),
  type: text,
  status: v.picklist(['pending', 'succeeded', 'failed']),
  attempts: v.pipe(v.number(), v.integer()),
  next_attempt_at: v.nullable(time),
  attempt_list: v.array(
    v.object({
      attempted_at: time,
      milliseconds: v.pipe(v.number(), v.integer()),
      status_code: v.nullable(v.pipe(v.number(), v.integer())),
      error: v.nullable(text),
    }),
  ),
})

/** A body as the store keeps it; throws `invalid_body` for an address that nothing is sent to. */
export function webhookFields(body: WebhookBody): WebhookFields {
  const url = body.url ?? ''
  const target = body.target ?? 'url'
  if (target === 'event_bus' && url !== '') {
    throw refused('url', 'An event bus has no address: leave the url out, or the target.')
  }
  if (target === 'url') checkAddress(url)
  return {
    target,
    url,
    types: [...new Set(body.types?.length ? body.types : ['*'])],
    payload: body.payload ?? 'thin',
    description: body.description ?? '',
    active: body.active ?? true,
  }
}

function checkAddress(sent: string): void {
  if (sent === '') throw refused('url', 'This field is required.')
  const problem = addressProblem(new URL(sent), webhooksToLoopback())
  if (problem !== undefined) throw refused('url', problem)
}

const refused = (field: string, message: string) =>
  new ApiError('invalid_body', { field, message, errors: [{ field, message }] })

/** A webhook's own fields as a body spells them: what a merge patch is laid onto. */
export const webhookPatchTarget = (webhook: Webhook) => ({
  target: webhook.target,
  url: webhook.url === '' ? null : webhook.url,
  types: webhook.types,
  payload: webhook.payload,
  description: webhook.description,
  active: webhook.active,
})

export const printWebhook = (view: Presentation, { webhook, state, pending }: KnownWebhook) => ({
  webhook_id: webhook.id,
  ...webhookPatchTarget(webhook),
  disabled_reason: webhook.disabledReason ?? null,
  last_success_at: state.lastSuccessAt ? printTime(view, state.lastSuccessAt) : null,
  last_failure_at: state.lastFailureAt ? printTime(view, state.lastFailureAt) : null,
  pending,
  timestamps: printStamps(view, webhook),
})

export const printWithSecret = (view: Presentation, known: KnownWebhook) => ({
  ...printWebhook(view, known),
  secret: known.webhook.secrets.now,
})

export const printDelivery = (view: Presentation, delivery: Delivery) => ({
  delivery_id: delivery.id,
  change_id: delivery.changeId,
  sequence: delivery.sequence,
  type: delivery.type,
  status: delivery.status,
  attempts: delivery.attempts,
  next_attempt_at: delivery.due ? printTime(view, delivery.due) : null,
  attempt_list: delivery.tries.map(({ at, ms, code, error }) => ({
    attempted_at: printTime(view, at),
    milliseconds: ms,
    status_code: code ?? null,
    error: error ?? null,
  })),
})

/** What is sent of a change (Standard Webhooks, Payload structure); `body`: the object as GET gives it now. */
export function webhookBody(view: Presentation, event: string, one: Change, body?: unknown) {
  const { type, ...data } = printChange(view, one, new Map())
  return {
    type,
    timestamp: one.occurredAt,
    data: { event_id: event, ...data, ...(body !== undefined && { object_body: body }) },
  }
}
