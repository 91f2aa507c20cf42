import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { isPublicAddress } from '#lib/base/outgoing/address.ts'
import {
  type Connect,
  guardedRequest,
  type Lookup,
  type OutgoingOptions,
} from '#lib/base/outgoing/guarded-request.ts'
import { hostOf } from '#lib/base/outgoing/host.ts'
import { readBody } from '#lib/base/outgoing/read-body.ts'
import { maxPictureBytes } from './decode.ts'

export type { Connect, Lookup }
export type FetchedPicture = { bytes: Buffer; filename: string }
/** `field` is what a refusal names; a resolver and a connector are given by tests and by nobody else. */
export type FetchOptions = OutgoingOptions & { field?: string }

const accept = 'image/jpeg, image/png'
const maxUrlLength = limits.urlLength.value
const maxRedirects = limits.pictureRedirects.value
const totalMs = limits.pictureSeconds.value * 1000
const maxFilename = limits.filenameLength.value

/**
 * Downloads what a URL names, whatever it is, within the limits of lib/base/limits.ts. Throws `picture_url_refused` when
 * the address may not be asked or does not answer, one and the same for every reason, and `picture_fetch_failed`
 * when a public host did answer, but not with a body that could be taken.
 */
export async function fetchPicture(
  url: string,
  options: FetchOptions = {},
): Promise<FetchedPicture> {
  const { field = 'url' } = options
  const source = url.length <= maxUrlLength ? parse(url) : undefined
  if (!source || source.hash) throw refused(field)
  const total = AbortSignal.timeout(totalMs)
  const response = await follow(source, total, options, field)
  try {
    return { bytes: await readBody(response, maxPictureBytes, total), filename: filenameOf(source) }
  } catch {
    throw failed(field)
  } finally {
    response.destroy()
  }
}

/** The last path segment of a URL as a name to show: never a path, no control characters, never empty. */
export function filenameOf(url: URL): string {
  const segment = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  const name = decoded(segment).split(/[/\\]/).at(-1) ?? ''
  const clean = name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '').trim()
  const short = [...clean].slice(0, maxFilename).join('')
  return /^\.*$/.test(short) ? 'picture' : short
}

async function follow(
  source: URL,
  total: AbortSignal,
  dialling: OutgoingOptions,
  field: string,
): Promise<IncomingMessage> {
  let url = source
  for (let hops = 0; hops <= maxRedirects; hops++) {
    if (!mayAsk(url)) throw refused(field)
    const response = await guardedRequest(url, total, { ...dialling, accept })
    if (!response) throw refused(field)
    const next = redirectOf(response, url)
    if (!next) return response
    response.destroy()
    if (url.protocol === 'https:' && next.protocol === 'http:') throw refused(field)
    url = next
  }
  throw failed(field)
}

/** What can be refused by reading alone; names are judged by their addresses when they are asked. */
function mayAsk(url: URL): boolean {
  const host = hostOf(url)
  return (
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    ['', '80', '443'].includes(url.port) &&
    url.username === '' &&
    url.password === '' &&
    (isIP(host) ? isPublicAddress(host) : !/(^|\.)localhost\.?$/.test(host))
  )
}

function redirectOf(response: IncomingMessage, base: URL): URL | undefined {
  const { location } = response.headers
  if (![301, 302, 303, 307, 308].includes(response.statusCode ?? 0) || !location) return undefined
  // A target that cannot be read becomes one that may not be asked.
  return parse(location, base) ?? new URL('invalid:')
}

function parse(url: string, base?: URL): URL | undefined {
  if (base && url.length > maxUrlLength) return undefined
  return URL.parse(url, base?.href) ?? undefined
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const refused = (field: string): ApiError => new ApiError('picture_url_refused', { field })
const failed = (field: string): ApiError => new ApiError('picture_fetch_failed', { field })
