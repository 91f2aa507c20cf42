import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { tableName } from '#lib/base/config.ts'
import { ApiError } from '#lib/base/errors.ts'
import { client } from './client.ts'
import { decrypt, encrypt } from './encrypt-recorded.ts'
import { keys } from './keys.ts'
import { getRow } from './query.ts'
import { storeCall } from './retry.ts'
import type { Idempotency, RecordedResponse, Scope } from './scope.ts'
import type { Write } from './transact.ts'

/** Thrown when a transaction finds its idempotency record written: the request was answered before. */
export class Replay extends Error {}

const keptSeconds = 24 * 60 * 60
const pendingSeconds = 60
type Record = { hash: string; outcome?: string; expires: number }

/**
 * Stands for the outcome in the first transaction of work that needs several: the same request meanwhile is
 * told to wait. The last transaction puts the outcome in its place.
 */
export const pending: RecordedResponse = Object.freeze({ status: 0 })

/** The write that writes the record together with the effect (contract §1, Safe retries). */
export function recordWrite(idempotency: Idempotency, outcome: RecordedResponse): Write {
  const isLast = outcome !== pending
  const free = 'attribute_not_exists(pk) OR expires < :now'
  return {
    item: {
      Put: {
        TableName: tableName(),
        Item: recordRow(idempotency, outcome),
        ConditionExpression: isLast ? `${free} OR attribute_not_exists(outcome)` : free,
        ExpressionAttributeValues: { ':now': Math.floor(Date.now() / 1000) },
      },
    },
  }
}

/**
 * The outcome of an earlier request with this key; throws `idempotency_mismatch` when that was another, and
 * `request_in_progress` while it is still running.
 */
export async function recordedOutcome(
  scope: Pick<Scope, 'deadline'>,
  idempotency: Idempotency,
): Promise<RecordedResponse | undefined> {
  const record = await getRow<Record>(scope, keys.idempotency(idempotency))
  if (!record || record.expires < Date.now() / 1000) return undefined
  if (record.hash !== idempotency.hash) {
    throw new ApiError('idempotency_mismatch', { field: 'Idempotency-Key' })
  }
  if (record.outcome === undefined) {
    throw new ApiError('request_in_progress', { headers: { 'retry-after': '1' } })
  }
  return JSON.parse(opened(record.outcome, idempotency)) as RecordedResponse
}

/** Keeps an outcome that had no effect on the data (a 4xx); the first to come wins. */
export async function keepOutcome(
  scope: Pick<Scope, 'deadline'>,
  idempotency: Idempotency,
  outcome: RecordedResponse,
): Promise<void> {
  const { Put } = recordWrite(idempotency, outcome).item
  if (!Put) return
  try {
    await storeCall(scope, (abortSignal) => client().send(new PutCommand(Put), { abortSignal }))
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error
  }
}

function recordRow(idempotency: Idempotency, outcome: RecordedResponse) {
  const isPending = outcome === pending
  const expires = Math.floor(Date.now() / 1000) + (isPending ? pendingSeconds : keptSeconds)
  return {
    ...keys.idempotency(idempotency),
    hash: idempotency.hash,
    ...(!isPending && { outcome: kept(outcome, idempotency) }),
    expires,
    ttl: expires,
  }
}

const kept = (
  { isSecret, ...outcome }: RecordedResponse,
  { encryptionKey: seal }: Idempotency,
): string => (isSecret ? encrypt(seal, JSON.stringify(outcome)) : JSON.stringify(outcome))
const opened = (text: string, { encryptionKey: seal }: Idempotency): string =>
  text.startsWith('{') ? text : decrypt(seal, text)
