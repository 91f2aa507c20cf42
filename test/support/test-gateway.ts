import { request } from 'node:http'
import { connect } from 'node:net'
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda'
import type { Handlers } from '#infra/local/functions.ts'
import { type Gateway, type Served, startGateway } from '#infra/local/gateway.ts'
import { engines } from './engines.ts'

/** A gateway of a test file before handlers that answer `result`, and what they were asked. */
export async function testGateway() {
  const seen = {
    event: undefined as APIGatewayProxyEventV2 | undefined,
    asked: undefined as string | undefined,
    result: ok as APIGatewayProxyResultV2 | (() => Promise<APIGatewayProxyResultV2>),
    served: [] as Served[],
    errors: [] as unknown[],
  }
  const handlers: Handlers = new Map(
    ['events', 'people', 'reference'].map((name) => [
      name,
      async (given) => {
        seen.event = given
        seen.asked = name
        return typeof seen.result === 'function' ? seen.result() : seen.result
      },
    ]),
  )
  const { s3 } = await engines()
  const gateway: Gateway = await startGateway({
    port: 0,
    handlers,
    objects: s3.objects,
    onServed: (one) => seen.served.push(one),
    onError: (error) => seen.errors.push(error),
  })
  const forget = () => Object.assign(seen, { event: undefined, asked: undefined, result: ok })
  return { gateway, seen, forget, ...asking(gateway.port) }
}

const ok: APIGatewayProxyResultV2 = { statusCode: 200, body: '{}' }

function asking(port: number) {
  const at = (path: string) => `http://127.0.0.1:${port}${path}`
  const ask = (path: string, init?: RequestInit) => fetch(at(path), init)

  /** The answer to bytes that no well-behaved client would send. */
  function raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      socket.on('data', (chunk) => {
        answer += chunk
      })
      socket.on('error', reject)
      socket.on('close', () => resolve(answer))
    })
  }

  /** Node's own client, which lets headers repeat; fetch joins them. */
  function withHeaders(path: string, headers: Record<string, string | string[]>): Promise<void> {
    return new Promise((resolve, reject) => {
      request(at(path), { headers }, (answer) => answer.resume().on('end', resolve))
        .on('error', reject)
        .end()
    })
  }

  /** The status for a body of so many bytes whose length is not declared. */
  function posted(size: number): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const sending = request(at('/api/v2/events'), { method: 'POST' }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      }).on('error', reject)
      for (let sent = 0; sent < size; sent += 1024 * 1024) sending.write(Buffer.alloc(1024 * 1024))
      sending.end()
    })
  }

  return { at, ask, raw, withHeaders, posted }
}
