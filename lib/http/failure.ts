import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { type ApiError, codeOf, type ErrorName, statusOf } from '#lib/base/errors.ts'
import type { Answer } from './route.ts'

/** What a Hono context of ours holds. */
export type Env = {
  Bindings: { event?: APIGatewayProxyEventV2 }
  Variables: { requestId: string; route: string; startedAt: number; error?: ErrorName }
}

/** The body of every error; `errors` only where fields are named. */
export function errorAnswer(error: ApiError, requestId: string): Answer {
  const { field, headers } = error.detail
  const errors = error.detail.errors ?? (field ? [{ field, message: error.message }] : [])
  return {
    status: statusOf(error.reason),
    body: {
      code: codeOf(error.reason),
      message: error.message,
      fields: field ?? '',
      errors,
      request_id: requestId,
    },
    ...(headers && { headers }),
  }
}
