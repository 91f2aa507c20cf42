import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { bucketName, localEndpoint, region } from '#lib/base/config.ts'
import { ApiError } from '#lib/base/errors.ts'

export type BlobForm = { type: string; cacheControl: string }
export type Blob = { bytes: Buffer; type: string }
export type BlobEntry = { key: string; lastModified: Date }

/** Stores bytes under a key; whatever was there is replaced as a whole. */
export async function putBlob(key: string, bytes: Buffer, form: BlobForm): Promise<void> {
  const { type: ContentType, cacheControl: CacheControl } = form
  await storing((client, limit) =>
    client.send(
      new PutObjectCommand({ ...at(key), Body: bytes, ContentType, CacheControl }),
      limit,
    ),
  )
}

/** The entity tag of the bytes under a key, or undefined. */
export function blobTag(key: string): Promise<string | undefined> {
  return storing(async (client, limit) => {
    const found = await client.send(new HeadObjectCommand(at(key)), limit).catch(unless(404))
    return found?.ETag
  })
}

/** Replaces the bytes under a key only while they are those of the tag; false when they are not. */
export async function replaceBlob(
  key: string,
  bytes: Buffer,
  { type: ContentType, cacheControl: CacheControl }: BlobForm,
  IfMatch: string,
): Promise<boolean> {
  const input = { ...at(key), Body: bytes, ContentType, CacheControl, IfMatch }
  const done = await storing((client, limit) =>
    // 412: other bytes; 404: none any more; 409: somebody else is replacing them this moment.
    client.send(new PutObjectCommand(input), limit).catch(unless(412, 404, 409)),
  )
  return done !== undefined
}

/** The bytes under a key, or undefined. */
export function getBlob(key: string): Promise<Blob | undefined> {
  return storing(async (client, limit) => {
    try {
      const { Body, ContentType = 'application/octet-stream' } = await client.send(
        new GetObjectCommand(at(key)),
        limit,
      )
      return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), type: ContentType }
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  })
}

/** Removes keys, a thousand per call; keys that are not there count as removed. */
export async function deleteBlobs(keys: string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += 1_000) {
    const Objects = keys.slice(from, from + 1_000).map((Key) => ({ Key }))
    const { Errors = [] } = await storing((client, limit) =>
      client.send(
        new DeleteObjectsCommand({ Bucket: bucketName(), Delete: { Objects, Quiet: true } }),
        limit,
      ),
    )
    if (Errors.length > 0) throw busy()
  }
}

/** All keys with a prefix in the order of their bytes, page by page, from the first one behind `after`. */
export async function* listBlobs(prefix: string, after?: string): AsyncGenerator<BlobEntry[]> {
  let token: string | undefined
  do {
    const page = await storing((client, limit) =>
      client.send(
        new ListObjectsV2Command({
          Bucket: bucketName(),
          Prefix: prefix,
          ...(token ? { ContinuationToken: token } : after && { StartAfter: after }),
        }),
        limit,
      ),
    )
    yield (page.Contents ?? []).map(({ Key: key = '', LastModified = new Date(0) }) => ({
      key,
      lastModified: LastModified,
    }))
    token = page.IsTruncated ? page.NextContinuationToken : undefined
  } while (token)
}

const at = (Key: string) => ({ Bucket: bucketName(), Key })

// One attempt may take 8 s, a call with its repetitions 10 s, so that a request still ends in time.
const attemptMs = 8_000
const callMs = 10_000

let shared: S3Client | undefined

// Made at first use so that tests can set the endpoint before.
export function s3Client(): S3Client {
  const endpoint = localEndpoint('S3_ENDPOINT')
  const sockets = { keepAlive: true, maxSockets: 32 }
  shared ??= new S3Client({
    region: region(),
    maxAttempts: 3,
    retryMode: 'standard',
    credentials: async () => ({
      accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'local',
      secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'local',
      ...(process.env.AWS_SESSION_TOKEN && { sessionToken: process.env.AWS_SESSION_TOKEN }),
    }),
    ...(endpoint && { endpoint, forcePathStyle: true }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: attemptMs,
      socketTimeout: attemptMs,
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent(sockets),
      httpsAgent: new HttpsAgent(sockets),
    }),
  })
  return shared
}

const busy = () => new ApiError('store_busy', { headers: { 'retry-after': '1' } })

// What says nothing of the object (5xx, throttling, time-outs, the network) is 503; the rest is our mistake.
async function storing<T>(
  call: (client: S3Client, limit: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await call(s3Client(), { abortSignal: AbortSignal.timeout(callMs) })
  } catch (error) {
    throw isPassing(error) ? busy() : error
  }
}

/** Makes failures of these statuses undefined. */
const unless =
  (...statuses: number[]) =>
  (error: unknown): undefined => {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
    if (status === undefined || !statuses.includes(status)) throw error
  }

const networkFaults = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode ?? 500
    return status >= 500 || status === 429 || error.name === 'SlowDown'
  }
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return true
  return 'code' in error && networkFaults.includes(String(error.code))
}
