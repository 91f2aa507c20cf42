import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { goesShortWay, localEndpoint, region } from '#lib/base/config.ts'
import { withShortWay } from '#lib/table/short/both.ts'
import { countCalls } from './consumed.ts'

/** One attempt may take 3 s, one store call 8 s, one request 25 s (docs/data.md, Numbers). */
const attemptMs = 3_000
const connectMs = 1_000
export const callMs = 8_000
export const requestMs = 25_000

let shared: DynamoDBDocumentClient | undefined

/** The document client of this process; made at first use so that tests can set the endpoint before. */
export function client(): DynamoDBDocumentClient {
  shared ??= newClient()
  return shared
}

/** With the units of each call; the calls of every request go the short way (docs/decisions/013-short-way.md). */
function newClient(): DynamoDBDocumentClient {
  const endpoint = localEndpoint('DYNAMODB_ENDPOINT')
  const sockets = { keepAlive: true, maxSockets: 64 }
  const agents = { http: ownAgent ?? new HttpAgent(sockets), https: new HttpsAgent(sockets) }
  const base = lean(baseClient(endpoint, agents))
  const whole = DynamoDBDocumentClient.from(base, {
    marshallOptions: { removeUndefinedValues: true },
  })
  if (goesShortWay()) {
    const agent = endpoint?.startsWith('http:') ? agents.http : agents.https
    withShortWay(base, whole, { endpoint, agent, connectMs, silentMs: attemptMs })
  }
  countCalls(base)
  return whole
}

/** Without the parts of the SDK's stack that say only who called: 4 % of a write's CPU. */
function lean(base: DynamoDBClient): DynamoDBClient {
  for (const name of [
    'loggerMiddleware',
    'recursionDetectionMiddleware',
    'getUserAgentMiddleware',
  ]) {
    base.middlewareStack.remove(name)
  }
  return base
}

let ownAgent: HttpAgent | undefined

/** For an engine that is reached by no address: whoever started it opens the connections. */
export function connectBy(agent: HttpAgent): void {
  ownAgent = agent
}

type Agents = { http: HttpAgent; https: HttpsAgent }

function baseClient(endpoint: string | undefined, agents: Agents): DynamoDBClient {
  return new DynamoDBClient({
    region: region(),
    maxAttempts: 4,
    credentials: async () => ({
      accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'local',
      secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'local',
      ...(process.env.AWS_SESSION_TOKEN && { sessionToken: process.env.AWS_SESSION_TOKEN }),
    }),
    ...(endpoint && { endpoint }),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: connectMs,
      requestTimeout: attemptMs,
      throwOnRequestTimeout: true,
      httpAgent: agents.http,
      httpsAgent: agents.https,
    }),
  })
}
