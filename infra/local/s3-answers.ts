import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { Meta } from './objects.ts'

export type Answer = {
  status: number
  headers?: Record<string, string>
  body?: string | Buffer | Readable
}

const statuses: Record<string, number> = {
  AccessDenied: 403,
  InvalidAccessKeyId: 403,
  SignatureDoesNotMatch: 403,
  RequestTimeTooSkewed: 403,
  XAmzContentSHA256Mismatch: 400,
  InvalidURI: 400,
  InvalidArgument: 400,
  KeyTooLongError: 400,
  EntityTooLarge: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  EntityTooSmall: 400,
  MalformedXML: 400,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NoSuchBucket: 404,
  MethodNotAllowed: 405,
  PreconditionFailed: 412,
  InternalError: 500,
  NotImplemented: 501,
}

export const xmlType = { 'content-type': 'application/xml' }

/** What a call that made something answers. */
export const result = (name: string, inner: string): Answer => ({
  status: 200,
  headers: xmlType,
  body: `<?xml version="1.0" encoding="UTF-8"?><${name}>${inner}</${name}>`,
})

export function listing(
  bucket: string,
  prefix: string,
  limit: number,
  page: { metas: Meta[]; next?: string },
  spelled: (text: string) => string,
): string {
  const rows = page.metas.map(
    ({ key, size, etag, modified }) =>
      `<Contents><Key>${spelled(key)}</Key><LastModified>${modified}</LastModified>` +
      `<ETag>${xml(etag)}</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  )
  const next = page.next && Buffer.from(page.next).toString('base64url')
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Name>${xml(bucket)}</Name><Prefix>${spelled(prefix)}</Prefix><MaxKeys>${limit}</MaxKeys>` +
    `<KeyCount>${rows.length}</KeyCount><IsTruncated>${next !== undefined}</IsTruncated>` +
    (spelled === xml ? '' : '<EncodingType>url</EncodingType>') +
    (next ? `<NextContinuationToken>${next}</NextContinuationToken>` : '') +
    `${rows.join('')}</ListBucketResult>`
  )
}

export function fault(code: string, request: IncomingMessage): Answer {
  const resource = xml((request.url ?? '').split('?', 1)[0] ?? '')
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message><Resource>${resource}</Resource></Error>`
  return { status: statuses[code] ?? 500, headers: xmlType, body }
}

export const xml = (text: string): string =>
  text.replace(/[^\x20-\x7e]|[<>&"']/gu, (sign) => `&#${sign.codePointAt(0)};`)

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
export const unescaped = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_all, hex, decimal, name) =>
    name
      ? (entities[name] ?? '')
      : String.fromCodePoint(Number.parseInt(hex ?? decimal, hex ? 16 : 10)),
  )
