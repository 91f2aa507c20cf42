import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2, Context } from 'aws-lambda'

export type RawRequest = {
  method: string
  /** As in the request line: path and query, still escaped. */
  url: string
  /** Name and value, in order, as received. */
  headers: [string, string][]
  body: Uint8Array
  sourceIp: string
  /** The route key that API Gateway would have chosen. */
  routeKey: string
}

export type RawAnswer = { status: number; headers: [string, string][]; body: Buffer }

/**
 * The path as API Gateway hands it over: decoded, `%2F` and all; undefined for a broken escape, and for a `%3F`: HTTP
 * APIs cut the path there, so that it would name another object.
 */
export function decodedPath(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split('?', 1)[0] ?? '')
    return path.includes('?') ? undefined : path
  } catch {
    return undefined
  }
}

/** HTTP → the event of payload format 2.0; throws URIError for a path that `decodedPath` does not read. */
export function toEvent(request: RawRequest): APIGatewayProxyEventV2 {
  const mark = request.url.indexOf('?')
  const path = decodedPath(request.url)
  if (path === undefined) throw new URIError(request.url)
  const query = mark < 0 ? '' : request.url.slice(mark + 1)
  const { headers, cookies } = joined(request.headers)
  const parameters = queryParameters(query)
  return {
    version: '2.0',
    routeKey: request.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(parameters && { queryStringParameters: parameters }),
    requestContext: requestContext(request, path, headers),
    ...bodyOf(request.body, headers),
    isBase64Encoded: request.body.length > 0 && !isText(request.body, headers),
  }
}

/** What a Lambda returned → HTTP; a result without `statusCode` is a 200 of JSON, as on AWS. */
export function fromResult(result: APIGatewayProxyResultV2 | undefined): RawAnswer {
  if (typeof result !== 'object' || result.statusCode === undefined) {
    const text = typeof result === 'string' ? result : JSON.stringify(result ?? null)
    return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(text) }
  }
  const headers = Object.entries(result.headers ?? {}).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    String(value),
  ])
  for (const cookie of result.cookies ?? []) headers.push(['set-cookie', cookie])
  const body = Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8')
  return { status: result.statusCode, headers, body }
}

/** What the functions use of Lambda's context: the request id and the time that is left. */
export function invocation(functionName: string, requestId: string, limitMs = 30_000): Context {
  const deadline = Date.now() + limitMs
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  }
}

/** Lower-case names, repeated ones joined by a comma, cookies apart. */
function joined(pairs: [string, string][]) {
  const headers: Record<string, string> = {}
  const cookies: string[] = []
  for (const [name, value] of pairs) {
    const key = name.toLowerCase()
    if (key === 'cookie') cookies.push(...value.split(/;\s*/).filter(Boolean))
    else headers[key] = headers[key] === undefined ? value : `${headers[key]},${value}`
  }
  return { headers, cookies }
}

function queryParameters(query: string): Record<string, string> | undefined {
  if (!query) return undefined
  const values = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(values)
}

type Headers = Record<string, string>

function bodyOf(body: Uint8Array, headers: Headers): { body?: string } {
  if (body.length === 0) return {}
  return { body: Buffer.from(body).toString(isText(body, headers) ? 'utf8' : 'base64') }
}

/** What HTTP APIs hand over as text; everything else, forms and encoded bodies included, comes as base64. */
const isText = (body: Uint8Array, headers: Headers): boolean =>
  isTextType(headers['content-type']) &&
  /^(identity)?$/i.test(headers['content-encoding'] ?? '') &&
  isUtf8(body)

const isTextType = (type: string | undefined): boolean =>
  type === undefined || /^\s*(text\/|application\/([\w.-]+\+)?(json|javascript|xml))/i.test(type)

function requestContext(
  request: RawRequest,
  path: string,
  headers: Record<string, string>,
): APIGatewayProxyEventV2['requestContext'] {
  const now = new Date()
  return {
    accountId: '000000000000',
    apiId: 'local',
    domainName: headers.host ?? 'localhost',
    domainPrefix: 'local',
    http: {
      method: request.method,
      path,
      protocol: 'HTTP/1.1',
      sourceIp: request.sourceIp,
      userAgent: headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey: request.routeKey,
    stage: '$default',
    time: commonLogTime(now),
    timeEpoch: now.getTime(),
  }
}

/** `22/Nov/2026:08:10:05 +0000` */
function commonLogTime(at: Date): string {
  const [, day, month, year, time] = at.toUTCString().split(' ')
  return `${day}/${month}/${year}:${time} +0000`
}
