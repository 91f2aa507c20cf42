import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { localEndpoint, region } from '#lib/base/config.ts'
import { countCalls } from './consumed.ts'

/** One attempt may take 3 s, one store call 8 s, one request 25 s (docs/data.md, Numbers). */
const attemptMs = 3_000
export const callMs = 8_000
export const requestMs = 25_000

let shared: DynamoDBDocumentClient | undefined

/** The document client of this process; made at first use so that tests can set the endpoint before. */
export function client(): DynamoDBDocumentClient {
  shared ??= DynamoDBDocumentClient.from(lean(baseClient()), {
    marshallOptions: { removeUndefinedValues: true },
  })
  return shared
}

/** With the units of each call, without the parts of the SDK's stack that say only who called: 4 % of a write's CPU. */
function lean(base: DynamoDBClient): DynamoDBClient {
  for (const name of [
    'loggerMiddleware',
    'recursionDetectionMiddleware',
    'getUserAgentMiddleware',
  ]) {
    base.middlewareStack.remove(name)
  }
  countCalls(base)
  return base
}

let ownAgent: HttpAgent | undefined

/** For an engine that is reached by no address: whoever started it opens the connections. */
export function connectBy(agent: HttpAgent): void {
  ownAgent = agent
}

function baseClient(): DynamoDBClient {
  const endpoint = localEndpoint('DYNAMODB_ENDPOINT')
  const sockets = { keepAlive: true, maxSockets: 64 }
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
      connectionTimeout: 1_000,
      requestTimeout: attemptMs,
      throwOnRequestTimeout: true,
      httpAgent: ownAgent ?? new HttpAgent(sockets),
      httpsAgent: new HttpsAgent(sockets),
    }),
  })
}
