import { randomUUID } from 'node:crypto'
import { codeOf, type ErrorName, messageOf } from '#lib/base/errors.ts'
import type { RawAnswer } from './event.ts'

/** On AWS these come from API Gateway itself, in its own words; here they keep the house's shape. */
const own = {
  bad_request: [4000000, 'That is not a request in HTTP/1.1.'],
  url_too_long: [4140000, 'The address is too long.'],
  head_too_large: [4310000, 'The request line and the headers are larger than 10,240 bytes.'],
} as const

export type Refusal = keyof typeof own | ErrorName

/** An answer that the gateway gives without asking a function. */
export function refusal(name: Refusal, extra: [string, string][] = []): RawAnswer {
  const [code, message] =
    name in own ? own[name as keyof typeof own] : catalogued(name as ErrorName)
  const request_id = randomUUID()
  const body = JSON.stringify({ code, message, fields: '', errors: [], request_id })
  return {
    status: Math.floor(code / 10_000),
    headers: [
      ['content-type', 'application/json'],
      ['x-request-id', request_id],
      ['cache-control', 'no-store'],
      ['x-content-type-options', 'nosniff'],
      ['content-security-policy', "default-src 'none'"],
      ...extra,
    ],
    body: Buffer.from(body),
  }
}

const catalogued = (name: ErrorName) => [codeOf(name), messageOf(name)] as const
