import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export type KeyPair = { accessKeyId: string; secretAccessKey: string }

const header =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

type Signed = {
  id: string
  day: string
  region: string
  date: string
  names: string[]
  hash: string
  signature: string
}

/**
 * Checks Signature Version 4 of an S3 request, body included; the answer is S3's error code, or
 * undefined when all is well. Rules: AWS's "Authenticating Requests: Using the Authorization Header", and
 * "Using Query Parameters" for addresses that are signed and hold for a while.
 */
export function signatureFault(
  request: IncomingMessage,
  body: Buffer,
  keys: KeyPair,
): string | undefined {
  const query = new URL(request.url ?? '', 'http://s3').searchParams
  const isAddress = query.has('X-Amz-Signature')
  if (isAddress && request.headers.authorization !== undefined) return 'InvalidArgument'
  const signed = isAddress ? signedAddress(query) : signedHeaders(request)
  if (!signed) return 'AccessDenied'
  const { id, day, date, names, hash } = signed
  if (id !== keys.accessKeyId) return 'InvalidAccessKeyId'
  if (!date.startsWith(day) || !names.includes('host')) return 'AccessDenied'
  if (isAddress) {
    if (!holds(date, query.get('X-Amz-Expires') ?? '')) return 'AccessDenied'
  } else if (!recent(date)) return 'RequestTimeTooSkewed'
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== sha256(body)) return 'XAmzContentSHA256Mismatch'
  return isSignedBy(keys, signed, canonicalRequest(request, names, hash))
    ? undefined
    : 'SignatureDoesNotMatch'
}

function signedHeaders(request: IncomingMessage): Signed | undefined {
  const parts = header.exec(request.headers.authorization ?? '')
  if (!parts) return undefined
  const [, id = '', day = '', region = '', signed = '', signature = ''] = parts
  const date = text(request, 'x-amz-date')
  const hash = text(request, 'x-amz-content-sha256')
  return { id, day, region, date, names: signed.split(';'), hash, signature }
}

function signedAddress(query: URLSearchParams): Signed | undefined {
  const of = (name: string) => query.get(`X-Amz-${name}`) ?? ''
  const [id = '', day = '', region = '', ...rest] = of('Credential').split('/')
  const isV4 = of('Algorithm') === 'AWS4-HMAC-SHA256' && rest.join('/') === 's3/aws4_request'
  if (!isV4 || !/^[0-9a-f]{64}$/.test(of('Signature'))) return undefined
  const names = of('SignedHeaders').split(';')
  const hash = of('Content-Sha256') || 'UNSIGNED-PAYLOAD'
  return { id, day, region, date: of('Date'), names, hash, signature: of('Signature') }
}

function isSignedBy(keys: KeyPair, { day, region, date, signature }: Signed, canonical: string) {
  const toSign = [
    'AWS4-HMAC-SHA256',
    date,
    `${day}/${region}/s3/aws4_request`,
    sha256(canonical),
  ].join('\n')
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${keys.secretAccessKey}`),
  )
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'))
}

function canonicalRequest(request: IncomingMessage, names: string[], hash: string): string {
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const canonicalPath = path.split('/').map((part) => escaped(decodeURIComponent(part)))
  const canonicalQuery = query
    .split('&')
    .filter((pair) => pair && !pair.startsWith('X-Amz-Signature='))
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=')
      return `${escaped(decodeURIComponent(name))}=${escaped(decodeURIComponent(value))}`
    })
    .sort()
  return [
    request.method,
    canonicalPath.join('/'),
    canonicalQuery.join('&'),
    ...names.map((name) => `${name}:${text(request, name).trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    hash,
  ].join('\n')
}

const instantIn = (date: string): number =>
  Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))

const skewMs = 15 * 60_000
const recent = (date: string): boolean => Math.abs(Date.now() - instantIn(date)) < skewMs

/** An address holds for a week at most, from the moment at which it was signed. */
function holds(date: string, seconds: string): boolean {
  if (!/^\d{1,6}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > 604_800) return false
  const since = Date.now() - instantIn(date)
  return since > -skewMs && since < Number(seconds) * 1000
}

const text = (request: IncomingMessage, name: string): string =>
  (request.headersDistinct[name] ?? []).join(',')

const escaped = (part: string): string =>
  encodeURIComponent(part).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest()
