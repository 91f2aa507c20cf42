import { connect } from 'node:net'
import fc from 'fast-check'
import { everyRoute } from '#functions/every-route.ts'
import { openapi } from '#lib/http/openapi/document.ts'
import { credentialOf, world } from '#test/support/security.ts'
import { served } from '#test/support/served.ts'
import { furnish } from './furnish.ts'
import { type Known, knownOf, sentOf } from './judge.ts'
import { type Planned, requestsOf } from './requests.ts'
import type { Options } from './run.ts'

export type RawFinding = { index: number; sent: Buffer; fault: string }
export type RawReport = {
  requests: number
  statuses: Record<string, number>
  findings: RawFinding[]
}

const atOnce = 8

/** A byte put in, taken out or changed, a piece doubled, the rest cut off. */
type Slip = {
  kind: 'change' | 'insert' | 'remove' | 'double' | 'cut'
  /** In thousandths of the whole. */
  at: number
  byte: number
}

const slip: fc.Arbitrary<Slip> = fc.record({
  kind: fc.constantFrom('change', 'change', 'change', 'insert', 'remove', 'double', 'cut'),
  at: fc.noBias(fc.integer({ min: 0, max: 999 })),
  byte: fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0, 9, 10, 13, 32, 37, 43, 58, 0x80, 0xc3, 0xed, 0xff),
  ),
})

/**
 * Sends the requests of `fuzz` over a socket after slips in their very bytes: request line, headers, body. Whatever comes
 * is answered by HTTP or by the end of the connection, never by a fault of ours, and the next caller is served.
 */
export async function fuzzBytes({
  seed,
  count,
  only = '',
  onProgress,
}: Options): Promise<RawReport> {
  const document = openapi(everyRoute, { version: 'fuzz' })
  const routes = everyRoute.filter(({ id, method }) => id.includes(only) && method !== 'delete')
  const plans = fc.oneof(...routes.map((route) => requestsOf(route, document)))
  const all = fc.tuple(plans, fc.array(slip, { minLength: 1, maxLength: 4 }))
  const here = knownOf(await world())
  await furnish(here)
  const { url, stop } = await served()
  const report: RawReport = { requests: 0, statuses: {}, findings: [] }
  const next = fc.sample(all, { seed, numRuns: count }).entries()
  const worker = async () => {
    for (const [index, [plan, slips]] of next) {
      const sent = slips.reduce(slipped, bytesOf(plan, here))
      const answer = await answerTo(sent, url)
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? (answer === '' ? 'closed' : 'odd')
      report.statuses[status] = (report.statuses[status] ?? 0) + 1
      const fault = await faultOf(status, answer, url)
      if (fault !== undefined) report.findings.push({ index, sent, fault })
      report.requests += 1
      onProgress?.(report.requests)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker)).finally(stop)
  return report
}

function bytesOf(plan: Planned, here: Known): Buffer {
  const { method, url, headers, body } = sentOf(plan, here)
  const { token } = credentialOf(here, plan.principal) as { token?: string }
  const data = Buffer.from(body ?? '')
  const lines = [
    `${method} ${url} HTTP/1.1`,
    'host: localhost',
    'connection: close',
    ...(token ? [`authorization: Bearer ${token}`] : []),
    ...Object.entries({ 'content-type': 'application/json', ...headers }).map((one) =>
      one.join(': '),
    ),
    `content-length: ${data.length}`,
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), data])
}

function slipped(bytes: Buffer, { kind, at, byte }: Slip): Buffer {
  const place = Math.floor((at / 1_000) * bytes.length)
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)]
  if (kind === 'cut') return before
  if (kind === 'double') return Buffer.concat([before, after.subarray(0, 40), after])
  const rest = kind === 'insert' ? after : after.subarray(1)
  return Buffer.concat([before, ...(kind === 'remove' ? [] : [Buffer.from([byte])]), rest])
}

/** What comes back until the server is done; a server that waits for more is told that there is none. */
function answerTo(bytes: Buffer, url: string): Promise<string> {
  const { port, hostname } = new URL(url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    const patience = setTimeout(() => socket.end(), 1_000)
    socket.setTimeout(20_000, () => socket.destroy(new Error('nothing came for 20 s')))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('error', (error) => {
      answer ||= /20 s/.test(error.message) ? error.message : ''
    })
    socket.on('close', () => {
      clearTimeout(patience)
      resolve(answer)
    })
  })
}

async function faultOf(status: string, answer: string, url: string): Promise<string | undefined> {
  if (status === 'odd' || (/^5/.test(status) && status !== '503')) return answer.slice(0, 600)
  const health = await fetch(`${url}/api/v2/health`).catch((error: Error) => error)
  if (health instanceof Error) return `the next caller was not served: ${health.message}`
  return health.ok ? undefined : `the next caller was answered ${health.status}`
}
