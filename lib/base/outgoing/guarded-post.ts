import { type IncomingMessage, type RequestOptions, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { webhooksToLoopback } from '#lib/base/config.ts'
import { limits } from '#lib/base/limits.ts'
import {
  addressesOf,
  beforeAbort,
  type Connect,
  dialOptions,
  hostOf,
  type OutgoingOptions,
} from './guarded-request.ts'

export type Posted = { code?: number; error?: string; ms: number }

const mostMs = limits.webhookSeconds.value * 1_000
const mostBytes = limits.webhookAnswerBytes.value

/**
 * Posts a body to an address of the public internet, follows nothing, and gives the status of the answer, or in words why
 * there was none. What is read of the answer is cut off; a host that is forbidden is told from none by nothing.
 */
export async function guardedPost(
  url: URL,
  { headers, body }: { headers: Record<string, string>; body: string },
  dialling: OutgoingOptions = {},
): Promise<Posted> {
  const started = performance.now()
  const ms = () => Math.round(performance.now() - started)
  const signal = AbortSignal.timeout(mostMs)
  try {
    const dialled = await beforeAbort(wayTo(url, dialling), signal)
    const options = { method: 'POST', headers: headersOf(headers, body), signal, ...dialled }
    const code = await statusOf(url, options, body)
    return { code, ms: ms() }
  } catch (error) {
    const late = signal.aborted
    const unreachable = error instanceof Error && /^(forbidden|too late)$/.test(error.message)
    const words = late
      ? `no answer within ${limits.webhookSeconds.value} s`
      : unreachable
        ? noWay
        : cut
    return { error: words, ms: ms() }
  }
}

const noWay = 'the address cannot be reached'
const cut = 'the connection was refused or broken off'

/** On a developer's machine alone, receivers of this very machine are dialled as they are. */
async function wayTo(url: URL, { lookup, connect }: OutgoingOptions): Promise<RequestOptions> {
  const own = webhooksToLoopback() ? loopback(hostOf(url)) : undefined
  if (own !== undefined)
    return dialOptions(url, [own], url.protocol === 'https:' ? undefined : plain)
  return dialOptions(url, await addressesOf(url, lookup), connect)
}

const plain: Connect = (address, port) => connectPlain(port, address)

/** The address of this machine that a host means, if it does. */
export const loopback = (host: string): string | undefined =>
  host === 'localhost' ? '127.0.0.1' : /^(127(\.\d{1,3}){3}|::1)$/.test(host) ? host : undefined

const headersOf = (headers: Record<string, string>, body: string): Record<string, string> => ({
  ...headers,
  'content-length': String(Buffer.byteLength(body)),
  'accept-encoding': 'identity',
  connection: 'close',
  'user-agent': 'Plenary',
})

function statusOf(url: URL, options: RequestOptions, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestSecure : requestPlain)(url, options)
    request.on('response', (answer) => readSome(answer).then(resolve, reject))
    request.on('error', reject)
    // A connection that changes its protocol ends without an error.
    request.on('close', () => reject(new Error('closed')))
    request.end(body)
  })
}

/** The status counts once the answer is read, or as much of it as anybody should send. */
async function readSome(answer: IncomingMessage): Promise<number> {
  let bytes = 0
  for await (const chunk of answer) {
    bytes += (chunk as Buffer).length
    if (bytes > mostBytes) break
  }
  answer.destroy()
  return answer.statusCode ?? 0
}
