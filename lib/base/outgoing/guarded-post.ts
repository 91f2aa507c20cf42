import { type IncomingMessage, type RequestOptions, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { webhooksToLoopback } from '#lib/base/config.ts'
import { limits } from '#lib/base/limits.ts'
import { beforeAbort, type OutgoingOptions, wayTo } from './guarded-request.ts'

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
    const dialled = await beforeAbort(wayTo(url, dialling, webhooksToLoopback()), signal)
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
