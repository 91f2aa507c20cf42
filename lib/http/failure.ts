import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import {
  type ApiError,
  codeOf,
  type ErrorName,
  type FieldError,
  statusOf,
} from '#lib/base/errors.ts'
import { shown } from '#lib/base/shown.ts'
import type { Event } from '#lib/model/event.ts'
import type { Answer } from './route.ts'

/** What a Hono context of ours holds. */
export type Env = {
  Bindings: { event?: APIGatewayProxyEventV2 }
  Variables: {
    requestId: string
    route: string
    startedAt: number
    error?: ErrorName
    /** Whose request it is, and of which event, once that is known. */
    place?: { org: string; event?: Event }
  }
}

/**
 * The body of every error; `errors` only where fields are named. It repeats names that a client sent, so it is cut
 * here, once for all: a refusal stays small whatever was refused, and tells no credential.
 */
export function refusalOf({ reason, message, detail }: ApiError, requestId: string) {
  const { field } = detail
  return {
    code: codeOf(reason),
    message: shown(message, messageLength),
    fields: shown(field ?? '', fieldLength),
    errors: fitting(detail.errors ?? (field ? [{ field, message }] : [])),
    request_id: requestId,
  }
}

export const errorAnswer = (error: ApiError, requestId: string): Answer => ({
  status: statusOf(error.reason),
  body: refusalOf(error, requestId),
  ...(error.detail.headers && { headers: error.detail.headers }),
})

const fieldLength = 120
const messageLength = 400
const errorsBytes = 2400

/** As many of the first faults as fit. */
function fitting(errors: FieldError[]): FieldError[] {
  const kept: FieldError[] = []
  let size = 0
  for (const { field, message } of errors) {
    const one = { field: shown(field, fieldLength), message: shown(message, messageLength) }
    size += Buffer.byteLength(JSON.stringify(one))
    if (kept.length > 0 && size > errorsBytes) break
    kept.push(one)
  }
  return kept
}
