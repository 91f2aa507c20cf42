import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Hono } from 'hono'
import { defaultIsContentTypeBinary, handle } from 'hono/aws-lambda'
import type { Env } from './failure.ts'

export type Handler = (
  event: APIGatewayProxyEventV2,
  context?: Context,
) => Promise<APIGatewayProxyStructuredResultV2>

/**
 * The Lambda handler of an app. API Gateway hands `rawPath` over decoded; it is encoded again so that names
 * with `?`, `#` or `%` arrive as they were sent (a decoded slash stays a slash).
 */
export function lambdaHandler(app: Hono<Env>): Handler {
  // Hono's first touch of the Request class costs 90 ms: spend them while the function starts.
  new Request('http://localhost/')
  const run = handle(app as unknown as Hono, { isContentTypeBinary })
  return async (event, context) => {
    const rawPath = event.rawPath.split('/').map(encodeSegment).join('/')
    const { body, ...bodiless } = event
    // A body of GET or HEAD means nothing (RFC 9110, section 9.3.1), and Request refuses to be made with one.
    const takesBody = !/^(GET|HEAD)$/.test(event.requestContext.http.method)
    const sent = isReplaced(event) ? notUtf8 : { body }
    const plain = { ...bodiless, ...(takesBody && body !== undefined && sent), rawPath }
    return (await run(plain as never, context as never)) as never
  }
}

// As text, CSV would lose its byte-order mark on the way; other texts, calendars among them, go as they are.
const isContentTypeBinary = (type: string): boolean =>
  type.startsWith('text/') ? type.startsWith('text/csv') : defaultIsContentTypeBinary(type)

/** A byte that no UTF-8 holds, in place of a body that held some: it is refused where it is read. */
const notUtf8 = { body: '/w==', isBase64Encoded: true }

/** True when U+FFFD stands in a body whose length tells that it did not when it was sent. */
function isReplaced({ body, isBase64Encoded, headers }: APIGatewayProxyEventV2): boolean {
  if (isBase64Encoded || !body?.includes('\ufffd')) return false
  const length = headers['content-length']
  return length !== undefined && Number(length) !== Buffer.byteLength(body)
}

/** Dot segments would climb to another route while a URL is made of the path: they name nothing here. */
const encodeSegment = (segment: string) =>
  /^\.\.?$/.test(segment) ? '%00' : encodeURIComponent(segment.toWellFormed())
