import { Resolver } from 'node:dns/promises'
import { type IncomingMessage, type RequestOptions, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '#lib/base/limits.ts'
import { isPublicAddress } from './address.ts'
import { hostOf, loopback } from './host.ts'

/** All addresses of a host name; rejects or gives none when there are none. */
export type Lookup = (host: string) => Promise<string[]>
/** Dials an address that has been checked already, and gives a connection that HTTP can be spoken on. */
export type Connect = (address: string, port: number) => Socket
export type OutgoingOptions = { lookup?: Lookup | undefined; connect?: Connect | undefined }
/** What is accepted of the host, and whether it may be this very machine: a developer's alone. */
export type Asking = OutgoingOptions & { accept: string; toLoopback?: boolean }

/** From the look-up to the end of the response head, for each hop of a download. */
const firstByteMs = limits.pictureFirstByteSeconds.value * 1000

/**
 * Asks for one URL and gives the response with its head read and its body untouched, or undefined when the host
 * is forbidden or does not answer. Undefined always takes `firstByteMs`, so that neither text nor time tells a
 * private name from an unknown one, nor a closed port from a silent one (docs/threats.md, Pictures from addresses).
 */
export async function guardedRequest(
  url: URL,
  total: AbortSignal,
  { accept, toLoopback = false, ...dialling }: Asking,
): Promise<IncomingMessage | undefined> {
  const started = performance.now()
  const head = new AbortController()
  const timer = setTimeout(() => head.abort(), firstByteMs)
  const signal = AbortSignal.any([total, head.signal])
  try {
    const way = await beforeAbort(wayTo(url, dialling, toLoopback), signal)
    return await respond(url, { ...way, signal }, accept)
  } catch {
    const rest = Math.max(0, firstByteMs - (performance.now() - started))
    await sleep(rest, undefined, { signal: total }).catch(() => undefined)
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** How a host is dialled; throws unless it belongs to the public internet, or is this machine and that may be. */
export async function wayTo(
  url: URL,
  { lookup, connect }: OutgoingOptions,
  toLoopback: boolean,
): Promise<RequestOptions> {
  const own = toLoopback ? loopback(hostOf(url)) : undefined
  if (own === undefined) return dialOptions(url, await addressesOf(url, lookup), connect)
  return dialOptions(url, [own], url.protocol === 'https:' ? undefined : plain)
}

const plain: Connect = (address, port) => connectPlain(port, address)

/** What the host of a URL resolves to; throws unless all of it belongs to the public internet. */
async function addressesOf(url: URL, lookup: Lookup = resolveName): Promise<string[]> {
  const host = hostOf(url)
  const addresses = isIP(host) ? [host] : await lookup(host)
  if (addresses.length === 0 || !addresses.every(isPublicAddress)) throw new Error('forbidden')
  return addresses
}

// DNS alone, without the hosts file and the search domains of this machine, and without its thread pool.
async function resolveName(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 })
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}

export function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('too late'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function respond(url: URL, way: RequestOptions, accept: string): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:'
  const headers = {
    accept,
    'accept-encoding': 'identity',
    connection: 'close',
    'user-agent': 'Plenary',
  }
  const options: RequestOptions = { ...way, headers }
  return new Promise((resolve, reject) => {
    const request = (secure ? requestSecure : requestPlain)(url, options)
    request.on('response', resolve).on('error', reject)
    // A connection that changes its protocol ends without an error.
    request.on('close', () => reject(new Error('closed')))
    request.end()
  })
}

/** How the addresses that were checked, and no others, are dialled. */
async function dialOptions(
  url: URL,
  addresses: string[],
  connect?: Connect,
): Promise<RequestOptions> {
  const secure = url.protocol === 'https:'
  return connect ? dialled(url, addresses, secure, connect) : guarded(addresses, secure)
}

// The agent checks once more what the socket is about to dial; the name is never looked up a second time.
async function guarded(addresses: string[], secure: boolean): Promise<RequestOptions> {
  const known = addresses.map((address) => ({ address, family: isIP(address) }))
  const lookup: LookupFunction = (_host, options, done) => {
    if (options.all) return done(null, known)
    done(null, addresses[0] ?? '', known[0]?.family)
  }
  const { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } = await import(
    'request-filtering-agent'
  )
  const Agent = secure ? RequestFilteringHttpsAgent : RequestFilteringHttpAgent
  return { agent: new Agent({ lookup, keepAlive: false }) }
}

function dialled(url: URL, addresses: string[], secure: boolean, connect: Connect): RequestOptions {
  const port = Number(url.port || (secure ? 443 : 80))
  return { createConnection: () => connect(addresses[0] ?? '', port) }
}
