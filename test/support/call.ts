import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2, Context } from 'aws-lambda'
import { fromResult, invocation, toEvent } from '#infra/local/event.ts'
import { routeOf } from '#infra/local/routes.ts'
import type { ErrorName } from '#lib/base/errors.ts'
import { checkAnswer } from './contract.ts'
import { errorNameOf } from './errors.ts'

export type CallOptions = {
  token?: string | undefined
  /** A plain value is sent as JSON; a string or bytes go as they are. */
  body?: unknown
  headers?: Record<string, string>
  query?: Record<string, string | number | boolean | string[]>
  sourceIp?: string
}

export type Reply = {
  status: number
  /** What the catalogue calls the error that was answered. */
  error: ErrorName | undefined
  headers: Record<string, string>
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers freely; the contract check types them
  body: any
  text: string
  bytes: Buffer
}

export type Carried = {
  method: string
  url: string
  headers: [string, string][]
  body: Uint8Array
  sourceIp: string
}
type Answered = { status: number; headers: [string, string][]; body: Buffer }
/** Brings a request to whoever answers it. */
export type Carrier = (request: Carried) => Promise<Answered>

const carriers = new AsyncLocalStorage<Carrier>()

/** Lets everything that is called within go to a server elsewhere. */
export const callsBy = <T>(carrier: Carrier, work: () => Promise<T>): Promise<T> =>
  carriers.run(carrier, work)

/**
 * One request through the function that `infra/groups.ts` names for it, by a real API Gateway event.
 * `path` is escaped as in a URL; without `/api/` at its start it is taken below /api/v2.
 */
export async function call(
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Reply> {
  const url = (path.includes('/api/v2') ? path : `/api/v2${path}`) + search(path, options.query)
  const carrier = carriers.getStore() ?? throughFunction
  const reply = replyOf(
    await carrier({
      method,
      url,
      headers: headersOf(options),
      body: bytesOf(options.body),
      sourceIp: options.sourceIp ?? '192.0.2.1',
    }),
  )
  await checkAnswer(method, url, reply)
  return reply
}

const throughFunction: Carrier = async (request) => {
  const route = routeOf(decodeURIComponent(request.url.split('?', 1)[0] ?? ''))
  const group = route?.group.name ?? 'reference'
  const event = toEvent({ ...request, routeKey: route?.key ?? '$default' })
  const { handler }: { handler: Handler } = await import(`../../functions/${group}.ts`)
  return fromResult(await handler(event, invocation(group, event.requestContext.requestId)))
}

/** A fresh organisation and the text of a token that may do everything in it. */
export async function organisation(): Promise<{ organisation: string; token: string }> {
  const { acceptToken } = await import('#lib/store/write/tokens.ts')
  const token = `plk_${randomBytes(8).toString('hex')}_${randomBytes(20).toString('hex')}`
  return { ...(await acceptToken(token)), token }
}

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyResultV2>

function search(path: string, query: CallOptions['query']): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of [value].flat()) parameters.append(name, String(one))
  }
  return parameters.size > 0 ? `${path.includes('?') ? '&' : '?'}${parameters}` : ''
}

function headersOf({ token, body, headers }: CallOptions): [string, string][] {
  const all: Record<string, string> = { host: 'api.example.test' }
  if (token !== undefined) all.authorization = `Bearer ${token}`
  if (body !== undefined) all['content-type'] = 'application/json'
  for (const [name, value] of Object.entries(headers ?? {})) all[name.toLowerCase()] = value
  return Object.entries(all)
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array()
  if (body instanceof Uint8Array) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

/** What a body says, whatever it was packed in; HEAD has none. */
function unpacked(body: Buffer, encoding: string | undefined): Buffer {
  if (body.length === 0) return body
  if (encoding === 'gzip') return gunzipSync(body)
  return encoding === 'br' ? brotliDecompressSync(body) : body
}

function replyOf({ status, headers, body }: Answered): Reply {
  const flat = Object.fromEntries(headers)
  const text = unpacked(body, flat['content-encoding']).toString('utf8')
  const isJson = /[/+]json\b/.test(flat['content-type'] ?? '')
  const parsed = isJson && text ? JSON.parse(text) : text
  return { status, error: errorNameOf(parsed), headers: flat, body: parsed, text, bytes: body }
}
