import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import { ok, single, write, written } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { ping } from '#lib/http/delivery/ping.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { checkOwnId } from '#lib/http/upsert-ids.ts'
import type { Delivery, Webhook } from '#lib/model/webhook.ts'
import {
  type KnownWebhook,
  listDeliveries,
  listWebhooks,
  requireWebhook,
} from '#lib/store/read/webhooks.ts'
import {
  createWebhook,
  deleteWebhook,
  redeliver,
  renewSecret,
  updateWebhook,
  type WebhookFields,
} from '#lib/store/write/webhooks.ts'
import {
  DeliveryAnswer,
  printDelivery,
  printWebhook,
  printWithSecret,
  WebhookAnswer,
  WebhookBody,
  WebhookWithSecretAnswer,
  webhookFields,
  webhookPatchTarget,
} from '#lib/wire/webhook.ts'

const tag = 'Webhooks'
const path = '/events/{event}/webhooks'
const one = `${path}/{webhook_id}`
// Addresses may hold what is nobody else's to know: those who write the event alone see them.
const right = 'event:write'

const idOf = ({ params: { webhook_id: id = '' } }: EventCall) =>
  isId('webhook', id) ? id : undefined
const webhookOf = (call: EventCall): Promise<KnownWebhook> => requireWebhook(call.scope, idOf(call))

const changed = (call: EventCall, fields: (current: Webhook) => WebhookFields) =>
  written(call, printWebhook, (scope, precondition) =>
    updateWebhook(scope, idOf(call), fields, precondition),
  )

export const routes: Route[] = [
  eventRoute({
    id: 'createWebhook',
    method: 'post',
    path,
    tag,
    summary: 'Have changes sent to an address, or to the event bus of the account',
    description:
      'The secret that signs is shown this once. What happens from now on is sent, after it is committed, in the order of its sequence.',
    right,
    body: { wrapper: 'webhook', schema: WebhookBody },
    returns: WebhookWithSecretAnswer,
    errors: ['reserved_id', 'too_many_objects'],
    example: {
      url: 'https://crm.example.com/hooks/plenary',
      types: ['person.*', 'attendance.added'],
      payload: 'thin',
    },
    handle: async (call) => {
      if (call.body.webhook_id) throw new ApiError('reserved_id', { field: 'webhook_id' })
      const fields = webhookFields(call.body)
      return write(
        call,
        (made: KnownWebhook) => ok(printWithSecret(call.view, made)),
        (scope) => createWebhook(scope, fields),
      )
    },
  }),
  eventRoute({
    id: 'listWebhooks',
    method: 'get',
    path,
    tag,
    summary: 'List the webhooks, without their secrets',
    right,
    query: pageQuery(1000),
    returns: v.array(WebhookAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) =>
      page(call, printWebhook, await listWebhooks(call.scope, pageOf(call.query, 'webhook'))),
  }),
  eventRoute({
    id: 'getWebhook',
    method: 'get',
    path: one,
    tag,
    summary: 'Read a webhook, and how far it is',
    right,
    returns: WebhookAnswer,
    errors: ['webhook_not_found'],
    handle: async (call) => single(call, printWebhook, await webhookOf(call)),
  }),
  eventRoute({
    id: 'changeWebhook',
    method: 'patch',
    path: one,
    tag,
    summary: 'Change a webhook, or switch it off and on; switched on, it goes on where it was',
    right,
    body: { wrapper: 'webhook', schema: WebhookBody, mode: 'patch' },
    returns: WebhookAnswer,
    errors: ['webhook_not_found', 'id_mismatch'],
    example: { active: false },
    handle: async (call) =>
      changed(call, (current) => {
        const body = call.body.onto(webhookPatchTarget(current))
        checkOwnId(body.webhook_id, [current.id], 'webhook_id')
        return webhookFields(body)
      }),
  }),
  eventRoute({
    id: 'deleteWebhook',
    method: 'delete',
    path: one,
    tag,
    summary: 'Delete a webhook; nothing more is sent to it',
    right,
    returns: WebhookAnswer,
    errors: ['webhook_not_found'],
    handle: async (call) =>
      written(call, printWebhook, (scope, precondition) =>
        deleteWebhook(scope, idOf(call), precondition),
      ),
  }),
  eventRoute({
    id: 'pingWebhook',
    method: 'post',
    path: `${one}/ping`,
    tag,
    summary: 'Send a message of the type webhook.ping now, and tell what it came to',
    right,
    returns: DeliveryAnswer,
    errors: ['webhook_not_found'],
    handle: async (call) => {
      const { webhook } = await webhookOf(call)
      return write(
        call,
        (sent: Delivery) => ok(printDelivery(call.view, sent)),
        (scope) => ping(scope, call.event, webhook),
      )
    },
  }),
  eventRoute({
    id: 'renewWebhookSecret',
    method: 'post',
    path: `${one}/secret`,
    tag,
    summary: 'Make a new secret; the one before signs beside it for a day',
    right,
    returns: WebhookWithSecretAnswer,
    errors: ['webhook_not_found'],
    handle: async (call) =>
      write(
        call,
        (made: KnownWebhook) => ok(printWithSecret(call.view, made)),
        (scope) => renewSecret(scope, idOf(call)),
      ),
  }),
  eventRoute({
    id: 'listDeliveries',
    method: 'get',
    path: `${one}/deliveries`,
    tag,
    summary: 'List what was sent to a webhook, the newest first, and what became of it',
    right,
    query: {
      status: v.optional(
        v.pipe(
          v.picklist(['pending', 'succeeded', 'failed'], 'Expected pending, succeeded or failed.'),
          v.description('Only deliveries of this state.'),
        ),
      ),
      ...pageQuery(100),
    },
    returns: v.array(DeliveryAnswer),
    errors: ['webhook_not_found', 'invalid_cursor'],
    handle: async (call) => {
      const { webhook } = await webhookOf(call)
      const wanted = pageOf(call.query, 'keys')
      const found = await listDeliveries(call.scope, webhook.id, call.query.status, wanted)
      return page(call, printDelivery, found)
    },
  }),
  eventRoute({
    id: 'redeliver',
    method: 'post',
    path: `${one}/deliveries/{delivery}/redeliver`,
    tag,
    summary: 'Send a change again, whatever became of it',
    right,
    returns: DeliveryAnswer,
    errors: ['webhook_not_found', 'delivery_not_found'],
    handle: async (call) => {
      const { webhook } = await webhookOf(call)
      const id = call.params.delivery ?? ''
      if (!/^\d{12}$/.test(id)) throw new ApiError('delivery_not_found')
      return write(
        call,
        (delivery: Delivery) => ok(printDelivery(call.view, delivery)),
        (scope) => redeliver(scope, webhook, id),
      )
    },
  }),
]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
