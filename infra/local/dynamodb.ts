import { randomInt } from 'node:crypto'
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from './child-process.ts'
import { type Engine, findEngine } from './engines.ts'
import { listens } from './listening.ts'
import { type Sealed, sealedPort, startSealed } from './sealed.ts'
import { startError } from './settings.ts'

export type Dynamo = {
  endpoint: string
  /** How connections to it are opened, when its address leads nowhere. */
  agent?: Agent
  /** Settles when an engine that we started ends by itself; never for one that was given to us. */
  ended: Promise<string>
  stop(): Promise<void>
}
type Options = {
  engine?: Engine
  folder?: string
  /** Nobody but this process shall reach it, where the system allows that. */
  seal?: boolean
}

const plain = new Agent({ keepAlive: true })
const agents = new Map<string, Agent>()

/**
 * A DynamoDB for this machine: the one at DYNAMODB_ENDPOINT if that is set, else an engine, in memory or in `folder`.
 * It answers requests when the promise resolves.
 */
export async function startDynamo(options: Options = {}): Promise<Dynamo> {
  const given = process.env.DYNAMODB_ENDPOINT
  if (given) return { endpoint: given, ended: new Promise(() => {}), stop: async () => {} }
  const { engine = findEngine(process.env), folder, seal } = options
  engine.clear?.(folder)
  const inside = { folder, host: '127.0.0.1', port: sealedPort }
  const sealed = seal && engine.sealable && (await startSealed(engine.line(inside), engine.says))
  return sealed ? behindSeal(sealed) : startOpen(engine, folder)
}

/** Its name leads nowhere on purpose: who does not hold the agent gets no further than that. */
function behindSeal(sealed: Sealed): Dynamo {
  const endpoint = `http://dynamodb.invalid:${sealedPort}`
  agents.set(endpoint, sealed.agent)
  return { endpoint, ...sealed }
}

async function startOpen(engine: Engine, folder: string | undefined): Promise<Dynamo> {
  let failure = ''
  for (let attempt = 0; attempt < 5; attempt++) {
    const host = ownHost(engine)
    const port = await freePort(host)
    const child = startChild(...split(engine.line({ folder, host, port })))
    if (await listens(child, { host, port }, engine.says)) {
      return running(child, `http://${host}:${port}`)
    }
    failure = child.output().trim()
    await child.stop()
    // Only another program that took the port in between is worth another try.
    if (!/in use/i.test(failure)) break
  }
  throw startError(`${engine.name} did not start. It said: ${failure || 'nothing'}`)
}

const split = ([command, ...args]: [string, ...string[]]) => [command, args] as const

/** Of Linux's 16 million own addresses one that no web page can find by trying. */
const ownHost = ({ sealable }: Engine): string =>
  process.platform === 'linux' && sealable
    ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`
    : '127.0.0.1'

/** Makes the table as `infra/storage.ts` describes it; does nothing when it is there. */
export async function createTable(endpoint: string, TableName: string): Promise<void> {
  const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType })
  const created = await call(endpoint, 'CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
  })
  if (!created.ok && !created.text.includes('ResourceInUseException')) {
    throw new Error(`The DynamoDB at ${endpoint} made no table: ${created.text}`)
  }
  await active(endpoint, TableName)
  // Best effort: readers filter by `ttl` themselves, and not every engine knows the call.
  await call(endpoint, 'UpdateTimeToLive', {
    TableName,
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  })
}

async function freePort(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

function running(engine: Child, endpoint: string): Dynamo {
  let stopping = false
  const ended = new Promise<string>((resolve) => {
    engine.child.once('exit', () => {
      if (!stopping) resolve(engine.output())
    })
  })
  const stop = () => {
    stopping = true
    return engine.stop()
  }
  return { endpoint, ended, stop }
}

async function active(endpoint: string, TableName: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { text } = await call(endpoint, 'DescribeTable', { TableName })
    if (/"TableStatus":\s*"ACTIVE"/.test(text)) return
    await sleep(100)
  }
  throw new Error(`The table ${TableName} at ${endpoint} does not become active.`)
}

/** Plain HTTP, because only lib/table imports the SDK; local engines want a key but check none. */
export async function call(
  endpoint: string,
  operation: string,
  body: object,
  service = 'DynamoDB_20120810',
) {
  const region = process.env.AWS_REGION ?? 'eu-central-1'
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `${service}.${operation}`,
    'x-amz-date': '20250101T000000Z',
    authorization:
      `AWS4-HMAC-SHA256 Credential=local/20250101/${region}/dynamodb/aws4_request, ` +
      'SignedHeaders=host;x-amz-date, Signature=local',
  }
  const agent = agents.get(endpoint) ?? plain
  return post(endpoint, { agent, headers }, JSON.stringify(body)).catch(() => {
    throw startError(`No DynamoDB answers at ${endpoint}.`)
  })
}

async function post(url: string, options: RequestOptions, body: string) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, { ...options, method: 'POST' }, resolve)
    sent.once('error', reject)
    sent.end(body)
  })
  const { statusCode = 0 } = response
  return { ok: statusCode >= 200 && statusCode < 300, text: await text(response) }
}
