import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { goesShortWay, localEndpoint, region, usesPlainEndpoints } from '#lib/base/config.ts'
import { countCalls } from './consumed.ts'
import { type TableClient, tableClient } from './short/both.ts'
import { endpointIn } from './short/endpoint.ts'

/** One attempt may take 3 s, one store call 8 s, one request 25 s (docs/data.md, Numbers). */
const attemptMs = 3_000
const connectMs = 1_000
export const callMs = 8_000
export const requestMs = 25_000

let shared: TableClient | undefined

/** The client of this process; made at first use so that tests can set the endpoint before. */
export function client(): TableClient {
  shared ??= newClient()
  return shared
}

/** With the units of each call; the calls of every request go the short way (docs/decisions/013-short-way.md). */
function newClient(): TableClient {
  const local = localEndpoint('DYNAMODB_ENDPOINT')
  const endpoint = local ?? (usesPlainEndpoints() ? endpointIn(region()) : undefined)
  const sockets = { keepAlive: true, maxSockets: 64 }
  const [httpAgent, httpsAgent] = [ownAgent ?? new HttpAgent(sockets), new HttpsAgent(sockets)]
  const load = async () => {
    const { newWhole } = await import('./short/whole.ts')
    const config = { region: region(), credentials, ...(local && { endpoint: local }) }
    const times = { connectionTimeout: connectMs, requestTimeout: attemptMs }
    return newWhole(config, { ...times, httpAgent, httpsAgent })
  }
  const agent = endpoint?.startsWith('http:') ? httpAgent : httpsAgent
  const line = { agent, connectMs, silentMs: attemptMs }
  const to = { ...line, endpoint, region: region(), credentials }
  const made = tableClient(load, goesShortWay() ? to : undefined)
  countCalls(made)
  return made
}

const credentials = async () => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'local',
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'local',
  ...(process.env.AWS_SESSION_TOKEN && { sessionToken: process.env.AWS_SESSION_TOKEN }),
})

let ownAgent: HttpAgent | undefined

/** For an engine that is reached by no address: whoever started it opens the connections. */
export function connectBy(agent: HttpAgent): void {
  ownAgent = agent
}
