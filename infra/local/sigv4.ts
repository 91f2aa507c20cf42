import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export type KeyPair = { accessKeyId: string; secretAccessKey: string }

const header =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

/**
 * Checks Signature Version 4 of an S3 request, body included; the answer is S3's error code, or
 * undefined when all is well. Rules: AWS's "Authenticating Requests: Using the Authorization Header".
 */
export function signatureFault(
  request: IncomingMessage,
  body: Buffer,
  keys: KeyPair,
): string | undefined {
  const parts = header.exec(request.headers.authorization ?? '')
  const date = text(request, 'x-amz-date')
  const hash = text(request, 'x-amz-content-sha256')
  if (!parts) return 'AccessDenied'
  const [, id, day = '', region = '', signed = '', signature = ''] = parts
  if (id !== keys.accessKeyId) return 'InvalidAccessKeyId'
  const names = signed.split(';')
  if (!date.startsWith(day) || !names.includes('host')) return 'AccessDenied'
  if (!recent(date)) return 'RequestTimeTooSkewed'
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== sha256(body)) return 'XAmzContentSHA256Mismatch'
  const toSign = [
    'AWS4-HMAC-SHA256',
    date,
    `${day}/${region}/s3/aws4_request`,
    sha256(canonicalRequest(request, names, hash)),
  ].join('\n')
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${keys.secretAccessKey}`),
  )
  const expected = hmac(key, toSign)
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
    ? undefined
    : 'SignatureDoesNotMatch'
}

function canonicalRequest(request: IncomingMessage, names: string[], hash: string): string {
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const canonicalPath = path.split('/').map((part) => escaped(decodeURIComponent(part)))
  const canonicalQuery = query
    .split('&')
    .filter(Boolean)
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

const recent = (date: string): boolean => {
  const iso = date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return Math.abs(Date.now() - Date.parse(iso)) < 15 * 60_000
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
