import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from './child-process.ts'
import { startError } from './settings.ts'

export type Dynamo = {
  endpoint: string
  /** Settles when an engine that we started ends by itself; never for one that was given to us. */
  ended: Promise<string>
  stop(): Promise<void>
}

/**
 * A DynamoDB for this machine: the one at DYNAMODB_ENDPOINT if that is set, else dynoxide, in memory
 * or on `file`. It answers requests when the promise resolves.
 */
export async function startDynamo(options: { file?: string } = {}): Promise<Dynamo> {
  const given = process.env.DYNAMODB_ENDPOINT
  if (given) return { endpoint: given, ended: new Promise(() => {}), stop: async () => {} }
  const [command, ...first] = dynoxide()
  const args = [...first, ...(options.file ? ['--db-path', options.file] : [])]
  let failure = ''
  for (let attempt = 0; attempt < 5; attempt++) {
    const port = await freePort()
    const engine = startChild(command, [...args, '--host', '127.0.0.1', '--port', String(port)])
    if (await listens(engine)) return running(engine, `http://127.0.0.1:${port}`)
    failure = engine.output().trim()
    await engine.stop()
    // Only another program that took the port in between is worth another try.
    if (!/in use/i.test(failure)) break
  }
  throw startError(`${CHOICES} What the engine said: ${failure || 'nothing'}`)
}

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

const CHOICES =
  'No DynamoDB to run on. Either set DYNAMODB_ENDPOINT to one that runs (for example DynamoDB Local), ' +
  'or install @dynoxide/linux-x64 (npm ci does, on Linux x64), or let npx fetch dynoxide@1.2.1.'

function dynoxide(): [string, ...string[]] {
  const name = `@dynoxide/${process.platform}-${process.arch}/dynoxide`
  try {
    return [createRequire(import.meta.url).resolve(name)]
  } catch {
    return ['npx', '--yes', 'dynoxide@1.2.1']
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** Its own word, not an answer at the port, which could be another process's. */
async function listens({ child, output }: Child): Promise<boolean> {
  for (let waited = 0; waited < 90_000; waited += 5) {
    if (output().includes('listening on')) return true
    if (child.exitCode !== null || child.signalCode !== null || !child.pid) return false
    await sleep(5)
  }
  return false
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
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${service}.${operation}`,
      'x-amz-date': '20250101T000000Z',
      authorization:
        `AWS4-HMAC-SHA256 Credential=local/20250101/${region}/dynamodb/aws4_request, ` +
        'SignedHeaders=host;x-amz-date, Signature=local',
    },
    body: JSON.stringify(body),
  }).catch(() => {
    throw startError(`No DynamoDB answers at ${endpoint}.`)
  })
  return { ok: response.ok, text: await response.text() }
}
