import { ApiError } from '#lib/base/errors.ts'
import type { Precondition } from '#lib/store/document.ts'
import type { RequestKey, Scope } from '#lib/table/scope.ts'
import { etagOf, etagPresentation, type Presentation, printTagged } from '#lib/wire/presentation.ts'
import { withoutEncoding } from './encoding.ts'
import { recordedText } from './idempotency.ts'
import type { HttpRequest } from './messages.ts'
import type { Answer } from './route.ts'

/** Prints a loaded object; must give equal bodies for equal objects and presentations. */
export type Print<T> = (view: Presentation, value: T) => unknown

type Asking = { view: Presentation; request: HttpRequest }
type Writing<S extends Scope> = Asking & { scope: S; requestKey?: RequestKey | undefined }

/** A single object with its strong ETag (docs/behaviour/requests.md, Conditional requests). */
export function single<T>({ view }: Asking, print: Print<T>, value: T): Answer {
  const { body, forTag } = printTagged(view, (as) => print(as, value))
  return { status: 200, body, headers: { etag: etagOf(forTag) } }
}

/**
 * Runs a write and answers with what it has made. With an Idempotency-Key, that very answer is recorded in the
 * transaction that completes the write: `work` gets the scope that carries it.
 */
export async function write<S extends Scope, T>(
  call: Writing<S>,
  answerOf: (made: T) => Answer,
  work: (scope: S) => Promise<T>,
): Promise<Answer> {
  const { requestKey } = call
  const { noticed, answered } = countClashes(answerOf)
  const scope = { ...call.scope, noticed }
  if (!requestKey) return answered(await work(scope))
  const own = (made: unknown) => recordedText(answered(made as T))
  return answered(await work({ ...scope, recording: { ...requestKey, answerOf: own } }))
}

/** Answers that say, where a write has made things clash, how many (docs/behaviour/conflicts.md). */
function countClashes<T>(answerOf: (made: T) => Answer) {
  const found = new Map<string, number>()
  const noticed: NonNullable<Scope['noticed']> = (owner, clashes) =>
    void found.set(owner, clashes.length)
  const answered = (made: T): Answer => {
    const answer = answerOf(made)
    const total = [...found.values()].reduce((sum, count) => sum + count, 0)
    if (total === 0) return answer
    return { ...answer, headers: { ...answer.headers, 'plenary-conflicts': String(total) } }
  }
  return { noticed, answered }
}

/** The write of one object: answered by it as it is then, and refused where `If-Match` names another state. */
export const written = <S extends Scope, T>(
  call: Writing<S>,
  print: Print<T>,
  work: (scope: S, precondition: Precondition<T>) => Promise<T>,
): Promise<Answer> =>
  write(
    call,
    (made: T) => single(call, print, made),
    (scope) => work(scope, preconditionOf(call, print)),
  )

/** Throws 412 with the current ETag when `If-Match` names another state (RFC 9110, section 13.1.1). */
export const preconditionOf =
  <T>(call: Asking, print: Print<T>): Precondition<T> =>
  (current) => {
    const wanted = ifMatchOf(call.request)
    if (wanted === undefined) return
    const etag = etagOf(print(etagPresentation(call.view), current))
    if (!namesTag(wanted, etag, false))
      throw new ApiError('precondition_failed', { headers: { etag } })
  }

const entityTags = /^\s*(?:\*|(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*)\s*$/

/** For what has no tag of its own: none can hold but `*`, which asks for what is there (RFC 9110, section 13.1.1). */
export const untagged =
  ({ request }: Pick<Asking, 'request'>): Precondition<unknown> =>
  () => {
    const wanted = ifMatchOf(request)
    if (wanted !== undefined && wanted.trim() !== '*') throw new ApiError('precondition_failed')
  }

/** Refuses an `If-Match` of a write that is no entity tags, before anything is read. */
export function checkIfMatch(request: HttpRequest): void {
  const wanted = ifMatchOf(request)
  if (wanted === undefined) return
  if (!entityTags.test(wanted)) {
    const message = 'Expected * or entity tags in quotes, as ETag gives them.'
    throw new ApiError('invalid_header', { field: 'If-Match', message })
  }
}

/** Offered where something that is there is changed: a POST makes something new, and has nothing to hold it against. */
const ifMatchOf = ({ method, headers }: HttpRequest): string | undefined =>
  /^(PUT|PATCH|DELETE)$/.test(method) ? headers.get('if-match') : undefined

/** Whether the client has the answer of this tag, and a 304 will do (RFC 9110, section 13.1.2). */
export const hasAnswer =
  ({ request }: Pick<Asking, 'request'>) =>
  (etag: string): boolean =>
    namesTag(request.headers.get('if-none-match') ?? '', etag, true)

/** For objects that are not there: any `If-Match` fails. */
export function guardAbsent({ request }: Pick<Asking, 'request'>): void {
  if (request.headers.has('if-match')) throw new ApiError('precondition_failed')
}

export const ok = (body?: unknown, headers?: Record<string, string>): Answer => ({
  status: 200,
  ...(body !== undefined && { body }),
  ...(headers && { headers }),
})

/** True when a list of entity tags names this one; `weak` compares for If-None-Match. */
export function namesTag(header: string, etag: string, weak: boolean): boolean {
  if (header.trim() === '*') return true
  const tags = header.split(',').map((tag) => tag.trim())
  const own = withoutEncoding(etag)
  return tags.some((tag) => withoutEncoding(weak ? tag.replace(/^W\//, '') : tag) === own)
}
