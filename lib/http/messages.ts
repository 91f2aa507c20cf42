import type { Context } from 'hono'

/**
 * A request and an answer as this API needs them, in place of fetch's own classes: loading those takes 28 ms of a cold
 * start, as much as everything else that a function loads before its first answer (docs/performance.md).
 */

/** By names in lower case. */
export type HttpHeaders = Map<string, string>

export type HttpRequest = {
  method: string
  /** Absolute and normal, as `URL` prints it. */
  url: string
  headers: HttpHeaders
  body: Uint8Array
}

export type HttpResponse = {
  status: number
  headers: HttpHeaders
  body: string | Uint8Array | null
}

/** An answer; throws for a header that would end before its end, or that HTTP cannot carry. */
export function httpResponse(
  body: HttpResponse['body'],
  status: number,
  headers: Record<string, string> = {},
): HttpResponse {
  const all: HttpHeaders = new Map()
  for (const name in headers) {
    const value = headers[name] ?? ''
    if (!printable.test(value)) throw new TypeError(`The header ${name} cannot be sent.`)
    all.set(name.toLowerCase(), value)
  }
  return { status, headers: all, body }
}

const printable = /^[\t\x20-\x7e\x80-\xff]*$/

/** What a handler of Hono returns, which hands it on as it is. */
export const answerOf = (...parts: Parameters<typeof httpResponse>): Response =>
  httpResponse(...parts) as unknown as Response

/** The request that was handed to Hono. */
export const requestOf = (c: Context): HttpRequest => c.req.raw as unknown as HttpRequest

/** The headers of the answer as it stands, to be added to. */
export const headersOf = (c: Context): HttpHeaders => c.res.headers as unknown as HttpHeaders
