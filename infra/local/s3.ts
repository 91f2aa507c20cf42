import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Meta, type Objects, openObjects } from './objects.ts'
import { type KeyPair, signatureFault } from './sigv4.ts'

export type S3 = { endpoint: string; keys: KeyPair; objects: Objects; stop(): Promise<void> }

/**
 * The part of S3 that the product calls, on loopback: put (also conditional), get, head, delete (one
 * or many) and list. It runs in this process, because then it ends with it, and the gateway can serve pictures
 * from `objects` without a signature, as CloudFront does. Whoever calls by HTTP has to sign with the
 * keys of this start.
 */
export async function startS3(folder: string, bucket: string): Promise<S3> {
  const objects = await openObjects(folder)
  const keys = {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  }
  const server = createServer((request, response) => {
    answer({ request, objects, keys, bucket }).then(
      (given) => send(response, request.method === 'HEAD' ? { ...given, body: '' } : given),
      (error) => {
        const code = error instanceof URIError ? 'InvalidURI' : 'InternalError'
        send(response, fault(code, request))
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { endpoint: `http://127.0.0.1:${port}`, keys, objects, stop }
}

type Call = { request: IncomingMessage; objects: Objects; keys: KeyPair; bucket: string }
type Answer = { status: number; headers?: Record<string, string>; body?: string | Buffer }

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
  NoSuchKey: 404,
  NoSuchBucket: 404,
  MethodNotAllowed: 405,
  PreconditionFailed: 412,
  InternalError: 500,
  NotImplemented: 501,
}
const maxBytes = 64 * 1024 * 1024

async function answer(call: Call): Promise<Answer> {
  const { request } = call
  const body = await readBody(request)
  if (!body) return fault('EntityTooLarge', request)
  const refused = signatureFault(request, body, call.keys)
  if (refused) return fault(refused, request)
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const [bucket, ...rest] = path.slice(1).split('/')
  const key = decodeURIComponent(rest.join('/'))
  if (bucket !== call.bucket) return fault('NoSuchBucket', request)
  if (Buffer.byteLength(key) > 1024) return fault('KeyTooLongError', request)
  const parameters = new URLSearchParams(query)
  parameters.delete('x-id')
  if (!key && request.method === 'POST' && parameters.has('delete')) return removeMany(call, body)
  if (!key) return ofBucket(call, parameters)
  return parameters.size > 0 ? fault('NotImplemented', request) : ofObject(call, key, body)
}

function ofBucket({ request, objects, bucket }: Call, parameters: URLSearchParams): Answer {
  if (request.method === 'HEAD') return { status: 200 }
  if (request.method !== 'GET') return fault('MethodNotAllowed', request)
  if (parameters.get('list-type') !== '2' || parameters.has('delimiter')) {
    return fault('NotImplemented', request)
  }
  const limit = Number(parameters.get('max-keys') ?? 1000)
  if (!Number.isInteger(limit) || limit < 0) return fault('InvalidArgument', request)
  const prefix = parameters.get('prefix') ?? ''
  const token = parameters.get('continuation-token')
  const after = token
    ? Buffer.from(token, 'base64url').toString()
    : (parameters.get('start-after') ?? '')
  const page = objects.list(prefix, after, Math.min(limit, 1000))
  const spelled = parameters.get('encoding-type') === 'url' ? encodeURIComponent : xml
  return { status: 200, headers: xmlType, body: listing(bucket, prefix, limit, page, spelled) }
}

async function ofObject(call: Call, key: string, body: Buffer): Promise<Answer> {
  const { request, objects } = call
  switch (request.method) {
    case 'PUT':
      return put(call, key, body)
    case 'DELETE':
      objects.delete(key)
      return { status: 204 }
    case 'HEAD': {
      const meta = objects.head(key)
      return meta ? { status: 200, headers: describe(meta) } : fault('NoSuchKey', request)
    }
    case 'GET': {
      const found = await objects.get(key)
      if (!found) return fault('NoSuchKey', request)
      return { status: 200, headers: describe(found.meta), body: found.bytes }
    }
    default:
      return fault('MethodNotAllowed', request)
  }
}

async function put({ request, objects }: Call, key: string, body: Buffer): Promise<Answer> {
  const { headers } = request
  if (headers['x-amz-copy-source']) return fault('NotImplemented', request)
  const condition = { ifNoneMatch: headers['if-none-match'], ifMatch: headers['if-match'] }
  if (condition.ifNoneMatch !== undefined && condition.ifNoneMatch !== '*') {
    return fault('NotImplemented', request)
  }
  if (condition.ifMatch !== undefined && !objects.head(key)) return fault('NoSuchKey', request)
  const kept = Object.entries(headers).filter(
    (pair): pair is [string, string] =>
      typeof pair[1] === 'string' &&
      /^(content-(type|disposition|language)|cache-control|x-amz-meta-.+)$/.test(pair[0]),
  )
  const meta = await objects.put(key, body, Object.fromEntries(kept), condition)
  return meta ? { status: 200, headers: { etag: meta.etag } } : fault('PreconditionFailed', request)
}

function removeMany({ objects }: Call, body: Buffer): Answer {
  for (const [, key = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) {
    objects.delete(unescaped(key))
  }
  return { status: 200, headers: xmlType, body: '<DeleteResult></DeleteResult>' }
}

const describe = (meta: Meta): Record<string, string> => ({
  'content-type': 'binary/octet-stream',
  ...meta.headers,
  'content-length': String(meta.size),
  'last-modified': new Date(meta.modified).toUTCString(),
  etag: meta.etag,
})

const xmlType = { 'content-type': 'application/xml' }

function listing(
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

function fault(code: string, request: IncomingMessage): Answer {
  const resource = xml((request.url ?? '').split('?', 1)[0] ?? '')
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message><Resource>${resource}</Resource></Error>`
  return { status: statuses[code] ?? 500, headers: xmlType, body }
}

const xml = (text: string): string =>
  text.replace(/[^\x20-\x7e]|[<>&"']/gu, (sign) => `&#${sign.codePointAt(0)};`)

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const unescaped = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_all, hex, decimal, name) =>
    name
      ? (entities[name] ?? '')
      : String.fromCodePoint(Number.parseInt(hex ?? decimal, hex ? 16 : 10)),
  )

/** undefined when the body is larger than this engine takes. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks)
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers)
  response.end(body)
}
