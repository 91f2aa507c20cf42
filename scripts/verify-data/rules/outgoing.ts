import type { Batch } from '#lib/model/batch.ts'
import type { Export } from '#lib/model/export.ts'
import type { Delivering, Delivery, Webhook } from '#lib/model/webhook.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'
import { countedIn } from '../counts.ts'
import { nameOf, on, type Row, type Rules, type Seen } from '../facts.ts'
import { any, sample as s } from '../forms.ts'
import { openJobs } from './access.ts'
import { document } from './documents.ts'
import { clock } from './meetings.ts'
import { wantsObject } from './objects.ts'

function state({ cursor, due }: Delivering & Row, seen: Seen): void {
  const { scope, row } = seen
  seen.stands('webhook', () => [keys.webhook(scope, row.sk)])
  const head = keys.changesHead(scope)
  seen.adds('cursor', nameOf(head), { maxCursor: cursor }, () => [head])
  // One place in the queue too many does no harm; one too few, and nobody comes.
  if (due !== undefined) seen.needs('webhook', keys.dueWebhook(scope, due, row.sk))
}

const retryName = (seen: Seen, webhook: string, delivery: string): string =>
  `${keys.retries(seen.scope, webhook)} ${delivery}`

function delivery({ id, status, due }: Delivery & Row, seen: Seen): void {
  const [webhook = ''] = seen.args
  if (id !== seen.row.sk) seen.wrong('shape', `the delivery ${seen.row.sk}`, id)
  if (status !== 'pending' || due === undefined) return
  const retries = { pk: keys.retries(seen.scope, webhook) }
  seen.needsNamed('retry', retryName(seen, webhook, id), () => [retries])
}

function anExport(one: Export & Row, seen: Seen): void {
  const { scope } = seen
  if (one.id !== one.sk) seen.wrong('shape', `the export ${one.sk}`, one.id)
  countedIn(seen, sets.exports(scope), one.id)
  seen.wants('export', keys.dueExport(scope, one.due, one.id))
  if (one.status === 'done' && one.file) wantsObject(seen, one.file)
}

/** While it goes on, somebody does it and its rows are there; what became of them so far is there until it goes. */
function batch({ id, status, vr, sk, ...rest }: Batch & Row, seen: Seen): void {
  const { scope } = seen
  if (id !== sk) seen.wrong('shape', `the batch ${sk}`, id)
  if (Number(rest.ttl ?? Number.POSITIVE_INFINITY) * 1000 < clock.now) return
  const texts = status === 'running' ? [`${id}#I`, `${id}#R${vr}`] : [`${id}#R${vr}`]
  const pk = keys.batchParts(scope)
  for (const text of texts)
    seen.needsNamed('batch', `${pk} ${text}`, () => [{ pk, from: text, to: `${text}~` }])
  if (status === 'running') seen.needsNamed('batch', `${scope.e} job of ${id}`, openJobs)
}

/** A place in the queue of all events. */
function inQueue(seen: Seen) {
  const [due = '', org = '', event = '', id = ''] = seen.row.sk.split('#')
  return { due, id, scope: { ...seen.scope, org, event, e: `${org}#${event}` } }
}

export const outgoingRules: Rules[] = [
  on<Webhook>(keys.webhooks(s), (one, seen) => {
    document(seen, 'webhook', one)
    countedIn(seen, sets.webhooks(seen.scope), one.id)
    seen.wants('webhook', keys.delivering(seen.scope, one.id))
  }),
  on<Delivering>(keys.delivering(s, any).pk, state),
  on<Delivery>(keys.deliveries(s, any), delivery),
  on(keys.retries(s, any), ({ sk }, seen) =>
    seen.isThere(retryName(seen, seen.args[0] ?? '', sk.slice(sk.indexOf('#') + 1))),
  ),
  on(keys.dueWebhooks(), (_, seen) => seen.isThere()),
  on<Export>(keys.exports(s), anExport),
  on<Batch>(keys.batches(s), batch),
  // What a killed writer leaves goes by itself.
  on(keys.batchParts(s), (row, seen) =>
    seen.isThere(`${row.pk} ${row.sk.slice(0, row.sk.lastIndexOf('#'))}`),
  ),
  on(keys.dueExports(), (_, seen) => {
    const { scope, id } = inQueue(seen)
    seen.stands('export', () => [keys.export(scope, id)])
  }),
]
