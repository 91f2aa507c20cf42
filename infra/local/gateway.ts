import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { decodedPath, fromResult, invocation, type RawAnswer, toEvent } from './event.ts'
import type { Handlers } from './functions.ts'
import type { Objects } from './objects.ts'
import { pictureAnswer } from './pictures.ts'
import { refusal } from './refusal.ts'
import { routeOf } from './routes.ts'

export type Served = { method: string; path: string; status: number; ms: number }
export type GatewayOptions = {
  port: number
  handlers: Handlers
  objects: Pick<Objects, 'get' | 'head'>
  /** Called once for every answer that went out. */
  onServed?: (served: Served) => void
  onError?: (error: unknown) => void
}
export type Gateway = { port: number; stop(graceMs: number): Promise<void> }

/** Limits of HTTP APIs: body; request line and headers; and Lambda's event and answer. */
const maxBody = 10 * 1024 * 1024
const maxHead = 10_240
const maxLambda = 6 * 1024 * 1024

/**
 * What API Gateway and CloudFront do on AWS, on loopback: turns requests into events for the very
 * handlers that Lambda runs, and serves pictures. Rejects with EADDRINUSE when the port is taken.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  let stopping = false
  const server = createServer({ maxHeaderSize: 65_536, keepAliveTimeout: 60_000 })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const start = performance.now()
    answer(request, options)
      .catch((error) => {
        options.onError?.(error)
        return refusal('internal')
      })
      .then((given) => {
        if (stopping) response.setHeader('connection', 'close')
        send(request, response, given)
        const path = (request.url ?? '').split('?', 1)[0] ?? ''
        const ms = performance.now() - start
        options.onServed?.({ method: request.method ?? '', path, status: given.status, ms })
      })
  })
  server.on('clientError', refuseRawly)
  await listen(server, options.port)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : options.port
  const stop = async (graceMs: number) => {
    stopping = true
    const closed = new Promise((resolve) => server.close(resolve))
    const timer = setTimeout(() => server.closeAllConnections(), graceMs)
    await closed
    clearTimeout(timer)
  }
  return { port, stop }
}

async function answer(request: IncomingMessage, options: GatewayOptions): Promise<RawAnswer> {
  const url = request.url ?? ''
  const headers = withScheme(pairs(request.rawHeaders))
  const method = request.method ?? ''
  const head = method.length + url.length + request.rawHeaders.join('').length
  if (head > maxHead) return refusal(url.length > maxHead / 2 ? 'url_too_long' : 'head_too_large')
  if (!URL.canParse(`http://${request.headers.host}/`)) return refusal('bad_request')
  const path = url.startsWith('/') ? decodedPath(url) : undefined
  if (path === undefined) return refusal('not_found')
  if (path.startsWith('/pictures/')) return pictureAnswer(options.objects, request, path)
  if (!methods.includes(method)) {
    return refusal('method_not_allowed', [['allow', methods.join(', ')]])
  }
  const body = await readBody(request)
  if (!body) return refusal('body_too_large', [['connection', 'close']])
  const route = routeOf(path)
  const name = route?.group.name ?? 'reference'
  const handler = options.handlers.get(name)
  if (!handler) return refusal('not_found')
  const sourceIp = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const routeKey = route?.key ?? '$default'
  const event = toEvent({ method, url, headers, body, sourceIp, routeKey })
  if ((event.body?.length ?? 0) > maxLambda) return refusal('body_too_large')
  const answered = fromResult(
    await handler(event, invocation(name, event.requestContext.requestId)),
  )
  if (answered.body.length > maxLambda) throw new Error(`${name} answered more than Lambda sends`)
  return answered
}

/** As API Gateway does, whatever the client said; this machine speaks plain http. */
const withScheme = (headers: [string, string][]): [string, string][] => [
  ...headers.filter(([name]) => name.toLowerCase() !== 'x-forwarded-proto'),
  ['x-forwarded-proto', 'http'],
]

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

function pairs(raw: string[]): [string, string][] {
  return raw.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : [],
  )
}

/** undefined when it is too large: then nothing more is kept, and the answer closes the connection. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBody) return undefined
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBody) resolve(undefined)
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
  })
}

function send(request: IncomingMessage, response: ServerResponse, answer: RawAnswer): void {
  const { status, headers, body } = answer
  response.statusCode = status
  for (const [name, value] of headers) response.appendHeader(name, value)
  const bodyless = status === 204 || status === 304 || status < 200
  if (!bodyless && (body.length > 0 || request.method !== 'HEAD'))
    response.setHeader('content-length', body.length)
  response.end(bodyless || request.method === 'HEAD' ? undefined : body)
  if (!request.complete) drain(request, response.getHeader('connection') === 'close')
}

/**
 * Whoever still sends a body that was refused gets a moment to read the answer; once all of it is here, the
 * connection serves the next request.
 */
function drain(request: IncomingMessage, isLast: boolean): void {
  const { socket } = request
  const timer = setTimeout(() => socket.destroy(), isLast ? 1_000 : 20_000).unref()
  if (!isLast) request.once('end', () => clearTimeout(timer))
  socket.once('close', () => clearTimeout(timer))
  request.resume()
}

function refuseRawly(error: NodeJS.ErrnoException, socket: import('node:stream').Duplex): void {
  if (!socket.writable) return void socket.destroy()
  const name = error.code === 'HPE_HEADER_OVERFLOW' ? 'head_too_large' : 'bad_request'
  const { status, headers, body } = refusal(name)
  const lines = headers.map(([key, value]) => `${key}: ${value}\r\n`).join('')
  socket.end(
    `HTTP/1.1 ${status} Refused\r\n${lines}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}
