import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Asked = { headers: IncomingMessage['headers']; target: string; body: string }
export type Reply = (asked: Asked, response: ServerResponse) => void

/** A store that answers as it is told: one reply for each request in turn, the last one for all that follow. */
export async function faultyStore() {
  const asked: Asked[] = []
  let replies: Reply[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const target = String(request.headers['x-amz-target']).replace(/^.*\./, '')
    const one = { headers: request.headers, target, body }
    asked.push(one)
    const reply = replies.length > 1 ? replies.shift() : replies[0]
    reply?.(one, response)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    script: (...all: Reply[]) => {
      asked.length = 0
      replies = all
    },
    asked,
    end: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const type = { 'content-type': 'application/x-amz-json-1.0' }

export const answer =
  (body: unknown, status = 200): Reply =>
  (_, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, {
      ...type,
      'x-amzn-requestid': 'A',
      'content-length': Buffer.byteLength(text),
    })
    response.end(text)
  }

export const refuse = (name: string, status = 400, more: object = {}): Reply =>
  answer({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no', ...more }, status)

/** Half of an answer, then a connection that ends. */
export const torn: Reply = (_, response) => {
  response.writeHead(200, { ...type, 'content-length': 100 })
  response.write('{"Item":{"pk":')
  setTimeout(() => response.destroy(), 20)
}

/** A whole answer by its length, half of one by its text. */
export const truncated = answer('{"Item":{"pk":{"S":"a"}')

export const gone: Reply = (_, response) => void response.destroy()

/** Says nothing for longer than an attempt may take. */
export const silent: Reply = () => undefined

/** Comes in pieces, each of them soon enough. */
export const dripping =
  (body: unknown): Reply =>
  async (_, response) => {
    response.writeHead(200, type)
    for (const part of JSON.stringify(body).match(/.{1,12}/gsu) ?? []) {
      response.write(part)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    response.end()
  }

/** Takes no request that is signed more than five minutes from its own clock, an hour ahead. */
export const anHourAhead =
  (then: Reply): Reply =>
  (one, response) => {
    const ahead = Date.now() + 3_600_000
    response.setHeader('date', new Date(ahead).toUTCString())
    const text = String(one.headers['x-amz-date'])
    const sent = Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
    const isNear = Math.abs(sent - ahead) < 300_000
    return (isNear ? then : refuse('InvalidSignatureException'))(one, response)
  }

/** Refuses one session token, as the store does when its time is over. */
export const refusing =
  (token: string, then: Reply): Reply =>
  (one, response) =>
    (one.headers['x-amz-security-token'] === token ? refuse('ExpiredTokenException') : then)(
      one,
      response,
    )
