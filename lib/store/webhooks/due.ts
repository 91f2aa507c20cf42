import type { DynamoDBRecord } from 'aws-lambda'
import { instantOf, nowMillis } from '#lib/base/time.ts'
import { isOfTypes } from '#lib/model/change.ts'
import type { Delivering } from '#lib/model/webhook.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { allWebhooks } from '#lib/store/read/webhooks.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { transact } from '#lib/table/transact.ts'
import { remove } from '#lib/table/writes.ts'

/** A webhook that something is due for; `due`: its place in the queue, where it was found there. */
export type Place = { org: string; event: string; webhook: string; due?: string }

const mostDue = 200

/** Rows of the stream that wake webhooks: new changes, and places in the queue. The filter of the mapping says the same. */
export function isWaking({ eventName, dynamodb }: DynamoDBRecord): boolean {
  if (eventName !== 'INSERT') return false
  return dynamodb?.NewImage?.kind?.S === 'change' || dynamodb?.Keys?.pk?.S === keys.dueWebhooks()
}

/** The webhooks that records of the stream wake: those that want one of the changes, and those that were put in the queue. */
export async function wokenBy(records: DynamoDBRecord[], deadline: number): Promise<Place[]> {
  const rows = records.filter(isWaking).map(({ dynamodb }) => ({
    pk: dynamodb?.Keys?.pk?.S ?? '',
    sk: dynamodb?.Keys?.sk?.S ?? '',
    type: dynamodb?.NewImage?.type?.S ?? '',
  }))
  const queued = rows.filter(({ pk }) => pk === keys.dueWebhooks()).map(({ sk }) => placeOf(sk))
  const changes = rows.filter(({ pk }) => pk !== keys.dueWebhooks())
  const events = Map.groupBy(changes, ({ pk }) => pk.split('#', 2).join('#'))
  const wanting = [...events].map(async ([e, some]): Promise<Place[]> => {
    const [org = '', event = ''] = e.split('#')
    const all = await allWebhooks(remainsScope({ org, deadline }, event))
    return all
      .filter(({ active, types }) => active && some.some((one) => isOfTypes(one, types)))
      .map(({ id }) => ({ org, event, webhook: id }))
  })
  const isNow = ({ due = '' }: Place) => due <= instantOf(nowMillis())
  return [...queued.filter(isNow), ...(await Promise.all(wanting)).flat()]
}

/** Webhooks of all organisations that something is due for, the longest waiting first. */
export async function dueWebhooks(deadline: number): Promise<Place[]> {
  const to = `${instantOf(nowMillis())}~`
  const rows = await queryRows<{ sk: string }>(
    { deadline },
    { pk: keys.dueWebhooks(), to, limit: mostDue, only: ['sk'] },
  )
  return rows.map(({ sk }) => placeOf(sk))
}

function placeOf(sk: string): Place {
  const [due = '', org = '', event = '', webhook = ''] = sk.split('#')
  return { due, org, event, webhook }
}

/** Takes a place out of the queue that its webhook does not hold any more. */
export async function dropPlace({ org, event, webhook, due }: Place, deadline: number) {
  if (due === undefined) return
  const scope = remainsScope({ org, deadline }, event)
  const state = await getRow<Delivering>(scope, keys.delivering(scope, webhook))
  if (state?.due === due || state?.lease) return
  await transact(scope, [remove(keys.dueWebhook(scope, due, webhook))])
}
