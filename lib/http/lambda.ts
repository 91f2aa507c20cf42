import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { HonoBase as Hono } from 'hono/hono-base'
import type { Env } from './failure.ts'
import type { HttpHeaders, HttpRequest, HttpResponse } from './messages.ts'

export type Handler = (
  event: APIGatewayProxyEventV2,
  context?: Context,
) => Promise<APIGatewayProxyStructuredResultV2>

/** The Lambda handler of an app, for events of payload format 2.0. */
export const lambdaHandler =
  (app: Hono<Env>): Handler =>
  async (event) => {
    const request = requestOf(event)
    return request ? resultOf(await ask(app, request, event)) : notHttp
  }

/** What an app answers to a request. */
export async function ask(
  app: Hono<Env>,
  request: HttpRequest,
  event?: APIGatewayProxyEventV2,
): Promise<HttpResponse> {
  const env = event && { event }
  const answer = (await app.fetch(request as unknown as Request, env)) as unknown as HttpResponse
  // What Hono answers to HEAD by itself is one of fetch's own.
  if (!('arrayBuffer' in answer)) return answer
  const { status, headers } = answer
  return { status, headers: new Map(headers), body: null }
}

const notHttp = {
  statusCode: 400,
  headers: { 'content-type': 'text/plain;charset=UTF-8' },
  body: 'Invalid request',
  isBase64Encoded: false,
}

/**
 * The request of an event; undefined where host and path make no address. API Gateway hands `rawPath` over decoded; it
 * is encoded again so that names with `?`, `#` or `%` arrive as they were sent (a decoded slash stays a slash).
 */
function requestOf(event: APIGatewayProxyEventV2): HttpRequest | undefined {
  const { requestContext, rawQueryString } = event
  const path = event.rawPath.split('/').map(encodeSegment).join('/')
  const query = rawQueryString ? `?${rawQueryString}` : ''
  const url = URL.parse(`https://${requestContext.domainName}${path}${query}`)
  if (!url || url.username || url.password) return undefined
  const { method } = requestContext.http
  // A body of GET or HEAD means nothing (RFC 9110, section 9.3.1).
  const takesBody = !/^(GET|HEAD)$/.test(method)
  const body = takesBody ? bodyOf(event) : new Uint8Array()
  return { method, url: url.href, headers: headersOf(event), body }
}

function headersOf({ headers, cookies }: APIGatewayProxyEventV2): HttpHeaders {
  const all: HttpHeaders = new Map()
  if (cookies) all.set('cookie', cookies.join('; '))
  for (const name in headers) {
    const value = headers[name]
    if (value) all.set(name.toLowerCase(), isAscii(value) ? value : encoded(value))
  }
  return all
}

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text)
const encoded = (text: string) => encodeURIComponent(text.toWellFormed())

function bodyOf(event: APIGatewayProxyEventV2): Uint8Array {
  const { body = '', isBase64Encoded } = event
  // A byte that no UTF-8 holds, in place of a body that held some: it is refused where it is read.
  if (isReplaced(event)) return new Uint8Array([255])
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
}

/** True when U+FFFD stands in a body whose length tells that it did not when it was sent. */
function isReplaced({ body, isBase64Encoded, headers }: APIGatewayProxyEventV2): boolean {
  if (isBase64Encoded || !body?.includes('\ufffd')) return false
  const length = headers['content-length']
  return length !== undefined && Number(length) !== Buffer.byteLength(body)
}

/** Dot segments would climb to another route while a URL is made of the path: they name nothing here. */
const encodeSegment = (segment: string) => (/^\.\.?$/.test(segment) ? '%00' : encoded(segment))

function resultOf({ status, headers, body }: HttpResponse): APIGatewayProxyStructuredResultV2 {
  const isBase64Encoded = isBinary(headers)
  const bytes = typeof body === 'string' && !isBase64Encoded ? body : Buffer.from(body ?? '')
  return {
    statusCode: status,
    headers: Object.fromEntries(headers),
    body: typeof bytes === 'string' ? bytes : bytes.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  }
}

/** As text, CSV would lose its byte-order mark on the way; other texts, calendars among them, go as they are. */
function isBinary(headers: HttpHeaders): boolean {
  const type = headers.get('content-type') ?? ''
  const isText = type.startsWith('text/')
    ? !type.startsWith('text/csv')
    : type === '' || /[/+](json|xml)\s*(;|$)/.test(type)
  return !isText || headers.has('content-encoding')
}
