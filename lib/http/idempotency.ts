import { createHash } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import type { Token } from '#lib/model/token.ts'
import { finishRecordedWork } from '#lib/store/jobs/open-work.ts'
import { refuseErased } from '#lib/store/read/erased.ts'
import { hiddenFrom } from '#lib/store/read/profiles.ts'
import { encryptionKey } from '#lib/table/encrypt-recorded.ts'
import { findRecorded, Replay, recordRefusal } from '#lib/table/recorded.ts'
import type { RequestKey, Scope } from '#lib/table/scope.ts'
import { namedIn } from '#lib/wire/hidden.ts'
import type { Caller } from './auth.ts'
import { errorAnswer } from './failure.ts'
import type { HttpRequest } from './messages.ts'
import type { Answer, Asked } from './route.ts'

type Replaying = { scope: Scope; token: Token }

/** What the request's key stands for: one token, and a hash of method, path, query and body. */
export async function requestKeyOf(
  { request, path }: Pick<Asked, 'request' | 'path'>,
  { token, credential }: Caller,
): Promise<RequestKey | undefined> {
  const key = keyIn(request)
  if (key === undefined || !isUsable(key)) return undefined
  const url = new URL(request.url)
  url.searchParams.delete('token')
  const hash = createHash('sha256').update(`${request.method} ${path}${url.search}\n`)
  hash.update(request.body)
  return {
    org: token.org,
    token: token.id,
    key,
    hash: hash.digest('base64url'),
    encryptionKey: encryptionKey(credential, key),
  }
}

/** Refuses a key that cannot be kept. */
export function checkKey(request: HttpRequest): void {
  const key = keyIn(request)
  if (key === undefined || isUsable(key)) return
  const message = `1 to ${limits.idempotencyKeyLength.value} characters.`
  throw new ApiError('invalid_header', { field: 'Idempotency-Key', message })
}

const keyIn = (request: HttpRequest): string | undefined =>
  /^(GET|HEAD)$/.test(request.method) ? undefined : request.headers.get('idempotency-key')
const isUsable = (key: string) => key !== '' && key.length <= limits.idempotencyKeyLength.value

/** An answer as it is recorded: only the caller's own credential opens it again. */
export const recordedText = ({ status, body, headers }: Answer): string =>
  JSON.stringify({ status, body, headers })

/**
 * The answer of an earlier request with this key, when what it decided is done; throws `answer_erased` when it was
 * about somebody who is erased since.
 */
export async function replayed(
  { scope, token }: Replaying,
  key: RequestKey,
): Promise<Answer | undefined> {
  const found = await findRecorded(scope, key)
  if (!found) return undefined
  if (found.job !== undefined && !(await finishRecordedWork(scope, found.job))) throw inProgress()
  const answer = JSON.parse(found.text) as Answer
  await refuseErased(scope, found.text)
  const body = token.role === 'attendee' ? await shownNow(scope, token, answer.body) : answer.body
  return { ...answer, body, headers: { ...answer.headers, 'idempotency-replayed': 'true' } }
}

/** A body as it may be shown today: whoever it names may hide since. */
async function shownNow(scope: Scope, token: Token, body: unknown): Promise<unknown> {
  const named = namedIn(body)
  return named && (await hiddenFrom(scope, token, named.person)) ? named.hidden : body
}

/** The same request answers the same: from the record, or by an effect that writes it. */
export async function answerOnce(
  { scope, token, requestKey }: Replaying & { requestKey: RequestKey },
  requestId: string,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Replay) && !(error instanceof ApiError)) throw error
    // Whoever lost a race against the same request answers as the winner did.
    const meanwhile = await replayed({ scope, token }, requestKey)
    if (meanwhile) return meanwhile
    if (error instanceof Replay) throw inProgress()
    const failed = errorAnswer(error, requestId)
    if (isKept(failed.status)) await recordRefusal(scope, requestKey, recordedText(failed))
    throw error
  }
}

const inProgress = (): ApiError =>
  new ApiError('request_in_progress', { headers: { 'retry-after': '1' } })
const isKept = (status: number) => status < 500 && ![401, 403, 409, 413, 415, 429].includes(status)
