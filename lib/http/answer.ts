import { ApiError } from '#lib/base/errors.ts'
import type { RecordedResponse } from '#lib/table/scope.ts'
import { etagOf, etagPresentation, type Presentation } from '#lib/wire/presentation.ts'
import type { Call } from './route.ts'

/** Prints a loaded object for a view; must give equal bodies for equal objects. */
export type Print<T> = (view: Presentation, value: T) => unknown
type Asking = Pick<Call, 'view' | 'request'>

/** What a write needs to know of the request: whether it may go on, and what it will answer. */
export type Effect<T> = {
  /** Throws 412 with the current ETag when `If-Match` names another state (RFC 9110, section 13.1.1). */
  guard: (current: T) => void
  /** The answer for the object as it will be: kept with the effect when an Idempotency-Key was sent. */
  reply: (next: T) => RecordedResponse
}

/** A single object with its strong ETag (contract §1, Conditional requests). */
export const single = <T>(call: Asking, print: Print<T>, value: T): RecordedResponse => ({
  status: 200,
  body: print(call.view, value),
  headers: { etag: etagOf(print(etagPresentation(call.view), value)) },
})

export const effect = <T>(call: Asking, print: Print<T>): Effect<T> => ({
  guard: (current) => checkMatch(call, etagOf(print(etagPresentation(call.view), current))),
  reply: (next) => single(call, print, next),
})

/** For objects that are not there: any `If-Match` fails. */
export function guardAbsent(call: Asking): void {
  if (call.request.headers.has('if-match')) throw new ApiError('precondition_failed')
}

export const ok = (body?: unknown, headers?: Record<string, string>): RecordedResponse => ({
  status: 200,
  ...(body !== undefined && { body }),
  ...(headers && { headers }),
})

/** True when a list of entity tags names this one; `weak` compares for If-None-Match. */
export function namesTag(header: string, etag: string, weak: boolean): boolean {
  if (header.trim() === '*') return true
  const tags = header.split(',').map((tag) => tag.trim())
  return tags.some((tag) => (weak ? tag.replace(/^W\//, '') : tag) === etag)
}

function checkMatch({ request }: Asking, etag: string): void {
  const wanted = request.headers.get('if-match')
  if (wanted === null || namesTag(wanted, etag, false)) return
  throw new ApiError('precondition_failed', { headers: { etag } })
}
