import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { numbers } from '#test/support/numbers.ts'

const kinds = [
  'throttle',
  'conflict',
  'throttle inside',
  'internal',
  'reset before',
  'reset after',
  'internal after',
  'delay',
  'late answer',
  'truncated',
  'unprocessed',
] as const
type Fault = (typeof kinds)[number]
type Answer = { status: number; headers: IncomingMessage['headers']; body: Buffer }
type Items = Record<string, { Keys: unknown[] }>

/**
 * Stands between a server and the engine at a port, and lets a share of its calls meet what DynamoDB and networks do: drawn
 * by a seed, as far as the order of calls is the same.
 */
export async function faultyWay(port: number, { seed, share }: { seed: number; share: number }) {
  const random = numbers(seed)
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const injected: Partial<Record<Fault, number>> = {}
  let isOn = false
  let calls = 0
  const forward = (headers: IncomingMessage['headers'], body: Buffer | string) =>
    forwarded({ port, agent }, headers, body)

  const answer = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await Array.fromAsync(asked))
    const [service = '', operation = ''] = String(asked.headers['x-amz-target']).split('.')
    calls += 1
    const isTable = service.startsWith('DynamoDB_') && dataCall.test(operation)
    const fault = isOn && isTable && random() < share ? drawn(operation, random) : undefined
    if (fault === undefined) return send(response, await forward(asked.headers, body))
    injected[fault] = (injected[fault] ?? 0) + 1
    return spoiled[fault]({ asked, response, body, operation, random, forward })
  }
  const server = createServer((asked, response) => {
    // An engine that is dead ends the connection.
    answer(asked, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: (on: boolean) => {
      isOn = on
    },
    calls: () => calls,
    injected: () => ({ ...injected }),
    stop: () => {
      server.closeAllConnections()
      agent.destroy()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

const dataCall = /^(GetItem|PutItem|UpdateItem|DeleteItem|Query|BatchGetItem|TransactWriteItems)$/

/** Which fault a call meets, of those that it can. */
function drawn(operation: string, random: () => number): Fault | undefined {
  const isTransaction = operation === 'TransactWriteItems'
  const possible = kinds.filter((kind) => {
    if (kind === 'conflict' || kind === 'throttle inside') return isTransaction
    return kind !== 'unprocessed' || operation === 'BatchGetItem'
  })
  return possible[Math.floor(random() * possible.length)]
}

type Call = {
  asked: IncomingMessage
  response: ServerResponse
  body: Buffer
  operation: string
  random: () => number
  forward: (headers: IncomingMessage['headers'], body: Buffer | string) => Promise<Answer>
}

const longestMs = 1_500

const spoiled: Record<Fault, (call: Call) => Promise<void>> = {
  throttle: async ({ response }) => refuse(response, 400, 'ThrottlingException'),
  conflict: async (call) => cancel(call, 'TransactionConflict'),
  'throttle inside': async (call) => cancel(call, 'ThrottlingError'),
  internal: async ({ response }) => refuse(response, 500, 'InternalServerError'),
  'reset before': async ({ response }) => void response.destroy(),
  'reset after': async ({ asked, response, body, forward }) => {
    await forward(asked.headers, body)
    response.destroy()
  },
  'internal after': async ({ asked, response, body, forward }) => {
    await forward(asked.headers, body)
    refuse(response, 500, 'InternalServerError')
  },
  delay: async ({ asked, response, body, forward, random }) => {
    await sleep(random() * longestMs)
    send(response, await forward(asked.headers, body))
  },
  'late answer': async ({ asked, response, body, forward, random }) => {
    const answer = await forward(asked.headers, body)
    await sleep(random() * longestMs)
    send(response, answer)
  },
  truncated: async ({ asked, response, body, forward }) => {
    const { status, headers, body: whole } = await forward(asked.headers, body)
    response.writeHead(status, { ...plain(headers), 'content-length': whole.length })
    response.write(whole.subarray(0, Math.floor(whole.length / 2)))
    await sleep(5)
    response.destroy()
  },
  unprocessed: async ({ asked, response, body, forward, random }) => {
    const wanted = JSON.parse(body.toString()) as { RequestItems: Items }
    const [[table = '', { Keys, ...rest }] = ['', { Keys: [] }]] = Object.entries(
      wanted.RequestItems,
    )
    const kept = Keys.filter(() => random() < 0.5)
    const left = Keys.filter((key) => !kept.includes(key))
    const some = { ...wanted, RequestItems: { [table]: { ...rest, Keys: kept } } }
    const got =
      kept.length > 0
        ? JSON.parse((await forward(asked.headers, JSON.stringify(some))).body.toString())
        : { Responses: { [table]: [] } }
    const UnprocessedKeys = left.length > 0 ? { [table]: { ...rest, Keys: left } } : {}
    json(response, 200, { ...got, UnprocessedKeys })
  },
}

function cancel({ response, body, random }: Call, Code: string): void {
  const { TransactItems } = JSON.parse(body.toString()) as { TransactItems: unknown[] }
  const at = Math.floor(random() * TransactItems.length)
  const CancellationReasons = TransactItems.map((_, n) => ({ Code: n === at ? Code : 'None' }))
  refuse(response, 400, 'TransactionCanceledException', { CancellationReasons })
}

const refuse = (response: ServerResponse, status: number, name: string, more: object = {}) =>
  json(response, status, {
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    message: 'injected',
    ...more,
  })

function json(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...plain(headers), 'content-length': body.length })
  response.end(body)
}

const plain = ({ 'transfer-encoding': _, connection: __, ...rest }: IncomingMessage['headers']) =>
  rest

function forwarded(
  { port, agent }: { port: number; agent: Agent },
  headers: IncomingMessage['headers'],
  body: Buffer | string,
): Promise<Answer> {
  const to = { host: '127.0.0.1', port, agent, method: 'POST', path: '/' }
  const sent = { ...headers, 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const out = request({ ...to, headers: sent }, async (got) => {
      const whole = await Array.fromAsync(got).catch(reject)
      if (whole)
        resolve({ status: got.statusCode ?? 500, headers: got.headers, body: Buffer.concat(whole) })
    })
    out.once('error', reject)
    out.end(body)
  })
}
