import { tableName } from '#lib/base/config.ts'
import { ApiError } from '#lib/base/errors.ts'
import { client } from './client.ts'
import { decrypt, encrypt } from './encrypt-recorded.ts'
import { keys } from './keys.ts'
import { getRow } from './query.ts'
import { isConditionFailed } from './refusals.ts'
import { storeCall } from './retry.ts'
import type { RequestKey, Scope } from './scope.ts'
import { putItem } from './short/commands.ts'
import type { Write } from './writes.ts'

/** Thrown when a transaction finds its request recorded already: it was answered before. */
export class Replay extends Error {}

/** How long an answer is kept (docs/behaviour/requests.md, Safe retries). */
export const keptSeconds = 24 * 60 * 60
type Row = { hash: string; answer?: string; job?: string; expires: number }

/** An answer as it was recorded, and the job that may still have work to do for it. */
export type Recorded = { text: string; job?: string | undefined }

/** The write that records an answer together with its effect. No row shows the text: only the caller can decrypt it. */
export function recordWrite(key: RequestKey, text: string, job?: string): Write {
  const expires = nowSeconds() + keptSeconds
  const row = {
    ...keys.recorded(key),
    hash: key.hash,
    answer: encrypt(key.encryptionKey, text),
    ...(job !== undefined && { job }),
    expires,
    ttl: expires,
  }
  return {
    item: {
      Put: {
        TableName: tableName(),
        Item: row,
        ConditionExpression: 'attribute_not_exists(pk) OR expires < :now',
        ExpressionAttributeValues: { ':now': nowSeconds() },
      },
    },
  }
}

/** What an earlier request with this key was answered; throws `idempotency_mismatch` when that was another request. */
export async function findRecorded(
  scope: Pick<Scope, 'deadline'>,
  key: RequestKey,
): Promise<Recorded | undefined> {
  const row = await getRow<Row>(scope, keys.recorded(key))
  if (!row?.answer || row.expires < nowSeconds()) return undefined
  if (row.hash !== key.hash)
    throw new ApiError('idempotency_mismatch', { field: 'Idempotency-Key' })
  return { text: opened(key, row.answer), job: row.job }
}

/** A sign-in that was renewed since is another credential: the answer stays shut, and is not given twice. */
function opened(key: RequestKey, answer: string): string {
  try {
    return decrypt(key.encryptionKey, answer)
  } catch {
    const message = 'The request was answered already, to the sign-in that it was sent with.'
    throw new ApiError('idempotency_mismatch', { field: 'Idempotency-Key', message })
  }
}

// A row holds 400 KB. A refusal that is not kept is made again, and is the same.
const keptLength = 50_000

/** Records an answer that had no effect on the data (a refusal); the first to come wins. */
export async function recordRefusal(
  scope: Pick<Scope, 'deadline'>,
  key: RequestKey,
  text: string,
): Promise<void> {
  const { Put } = recordWrite(key, text).item
  if (!Put || text.length > keptLength) return
  try {
    await storeCall(scope, (abortSignal) => client().send(putItem(Put), { abortSignal }))
  } catch (error) {
    if (!isConditionFailed(error)) throw error
  }
}

const nowSeconds = () => Math.floor(Date.now() / 1000)
