import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Headers, type Meta, type Objects, openObjects } from './objects.ts'
import { type Answer, fault, listing, result, unescaped, xml, xmlType } from './s3-answers.ts'
import { type KeyPair, signatureFault } from './sigv4.ts'
import { openUploads, type Uploads } from './uploads.ts'

export type S3 = { endpoint: string; keys: KeyPair; objects: Objects; stop(): Promise<void> }

/**
 * The part of S3 that the product calls, on loopback: put (also conditional, also in parts), get, head, delete (one
 * or many) and list. It runs in this process, because then it ends with it, and the gateway can serve pictures
 * from `objects` without a signature, as CloudFront does. Whoever calls by HTTP has to sign with the
 * keys of this start, in a header or, to read, in the address.
 */
export async function startS3(folder: string, bucket: string): Promise<S3> {
  const objects = await openObjects(folder)
  const uploads = openUploads(objects, join(folder, 'unfinished'))
  const keys = {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  }
  const server = createServer((request, response) => {
    answer({ request, objects, uploads, keys, bucket }).then(
      (given) => send(response, request.method === 'HEAD' ? { ...given, body: '' } : given),
      (error) => {
        const code = error instanceof URIError ? 'InvalidURI' : 'InternalError'
        return send(response, fault(code, request))
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const stop = async () => {
    server.closeAllConnections()
    await uploads.stop()
    await new Promise((resolve) => server.close(resolve))
  }
  return { endpoint: `http://127.0.0.1:${port}`, keys, objects, stop }
}

type Call = {
  request: IncomingMessage
  objects: Objects
  uploads: Uploads
  keys: KeyPair
  bucket: string
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
  for (const name of [...parameters.keys()]) if (isSignature(name)) parameters.delete(name)
  if (parameters.has('uploads') || parameters.has('uploadId')) {
    return ofUpload(call, key, parameters, body)
  }
  return parameters.size > 0 ? fault('NotImplemented', request) : ofObject(call, key, body)
}

const isSignature = (name: string): boolean => /^x-amz-/i.test(name)

async function ofUpload(
  { request, uploads, bucket }: Call,
  key: string,
  parameters: URLSearchParams,
  body: Buffer,
): Promise<Answer> {
  const id = parameters.get('uploadId') ?? ''
  const at = `<Bucket>${xml(bucket)}</Bucket><Key>${xml(key)}</Key>`
  switch (`${request.method} ${parameters.has('uploads') ? 'begin' : 'go on'}`) {
    case 'POST begin': {
      const made = uploads.begin(key, keptHeaders(request))
      return result('InitiateMultipartUploadResult', `${at}<UploadId>${made}</UploadId>`)
    }
    case 'PUT go on': {
      const part = await uploads.part(id, key, Number(parameters.get('partNumber')), body)
      return part.code === undefined
        ? { status: 200, headers: { etag: part.etag } }
        : fault(part.code, request)
    }
    case 'POST go on': {
      const made = await uploads.complete(id, key, body.toString())
      if ('code' in made) return fault(made.code, request)
      return result('CompleteMultipartUploadResult', `${at}<ETag>${xml(made.etag)}</ETag>`)
    }
    case 'DELETE go on':
      return (await uploads.abort(id, key)) ? { status: 204 } : fault('NoSuchUpload', request)
    default:
      return fault('NotImplemented', request)
  }
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
      const found = objects.stream(key)
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
  const meta = await objects.put(key, body, keptHeaders(request), condition)
  return meta ? { status: 200, headers: { etag: meta.etag } } : fault('PreconditionFailed', request)
}

const keptHeaders = ({ headers }: IncomingMessage): Headers =>
  Object.fromEntries(
    Object.entries(headers).filter(
      (pair): pair is [string, string] =>
        typeof pair[1] === 'string' &&
        /^(content-(type|disposition|language)|cache-control|x-amz-meta-.+)$/.test(pair[0]),
    ),
  )

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

async function send(response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  response.writeHead(status, headers)
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
    response.end(body)
    return
  }
  // Whoever reads goes away in the middle, or the file does: then the connection ends.
  await pipeline(body, response).catch(() => response.destroy())
}
