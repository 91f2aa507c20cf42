import { randomUUID } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect, test } from 'vitest'
import { engines } from '#test/support/engines.ts'

// Runs against the engine of this machine, or any bucket that S3_TEST_ENDPOINT and S3_TEST_BUCKET name.
const own = await engines()
const foreign = process.env.S3_TEST_ENDPOINT
const Bucket = foreign ? process.env.S3_TEST_BUCKET : process.env.BUCKET_NAME
const client = clientWith(foreign ? undefined : own.s3.keys)

function clientWith(credentials: { accessKeyId: string; secretAccessKey: string } | undefined) {
  return new S3Client({
    region: process.env.AWS_REGION ?? 'eu-central-1',
    endpoint: foreign ?? own.s3.endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
    ...(credentials && { credentials }),
  })
}

const put = (Key: string, Body: string | Uint8Array, more = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const read = async (Key: string) => {
  const found = await client.send(new GetObjectCommand({ Bucket, Key }))
  return { ...found, bytes: Buffer.from((await found.Body?.transformToByteArray()) ?? []) }
}

test('gives back an object with all its headers as it was put', async () => {
  const key = `${randomUUID()}/a.png`
  const bytes = Buffer.from([0, 255, 10, 13, 128])
  const { ETag } = await put(key, bytes, {
    ContentType: 'image/png',
    CacheControl: 'public, max-age=31536000, immutable',
    Metadata: { owner: 'someone' },
  })
  const found = await read(key)
  expect(found.bytes).toEqual(bytes)
  expect(found.ContentType).toBe('image/png')
  expect(found.CacheControl).toBe('public, max-age=31536000, immutable')
  expect(found.Metadata).toEqual({ owner: 'someone' })
  expect(found.ETag).toBe(ETag)
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: key }))
  expect(head.ContentLength).toBe(5)
  expect(head.LastModified?.getTime()).toBeGreaterThan(Date.now() - 60_000)
})

test('replaces an object as a whole', async () => {
  const key = randomUUID()
  await put(key, 'a much longer first version')
  await put(key, 'second')
  expect((await read(key)).bytes.toString()).toBe('second')
})

test('keeps keys apart that only differ in case, slashes, dots or escapes', async () => {
  const base = randomUUID()
  const keys = ['a b', 'A b', 'a%20b', '../a', 'ü/日本', 'a+b', "it's(1)*!", 'a//b', 'a&b=c?d#e']
  for (const key of keys) await put(`${base}/${key}`, key)
  for (const key of keys) expect((await read(`${base}/${key}`)).bytes.toString()).toBe(key)
})

test('treats what is not there as S3 does: NoSuchKey to read, nothing to delete', async () => {
  const key = randomUUID()
  await expect(read(key)).rejects.toMatchObject({ name: 'NoSuchKey' })
  await expect(client.send(new HeadObjectCommand({ Bucket, Key: key }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  })
  await client.send(new DeleteObjectCommand({ Bucket, Key: key }))
  await put(key, 'x')
  await client.send(new DeleteObjectCommand({ Bucket, Key: key }))
  await expect(read(key)).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('deletes many at once, whatever signs their keys hold', async () => {
  const prefix = randomUUID()
  const keys = ['a&b', '<c>\'"', 'é 日', 'plain'].map((name) => `${prefix}/${name}`)
  for (const key of keys) await put(key, 'x')
  await put(`${prefix}/kept`, 'x')
  const Objects = [...keys, `${prefix}/absent`].map((Key) => ({ Key }))
  const { Errors = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
  )
  expect(Errors).toEqual([])
  const left = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }))
  expect(left.Contents?.map(({ Key }) => Key)).toEqual([`${prefix}/kept`])
})

test('lists every key below a prefix once, over pages, in byte order', async () => {
  const prefix = `${randomUUID()}/`
  const keys = [...Array(7).keys()].map((n) => `${prefix}${n}`).concat(`${prefix}Z<&>"é`)
  for (const key of keys) await put(key, 'x')
  await put(`${prefix.slice(0, -1)}-neighbour`, 'x')
  const seen: string[] = []
  let token: string | undefined
  do {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        Bucket,
        Prefix: prefix,
        MaxKeys: 3,
        ...(token && { ContinuationToken: token }),
      }),
    )
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''))
    token = page.NextContinuationToken
  } while (token)
  expect(seen).toEqual(keys)
  const rest = await client.send(
    new ListObjectsV2Command({ Bucket, Prefix: prefix, StartAfter: `${prefix}5` }),
  )
  expect(rest.Contents?.map(({ Key }) => Key)).toEqual(keys.slice(6))
})

test('lets one of many win who put only if absent', async () => {
  const key = randomUUID()
  const outcomes = await Promise.allSettled(
    [...Array(8).keys()].map((n) => put(key, `writer ${n}`, { IfNoneMatch: '*' })),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await expect(put(key, 'late', { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  })
})

test('puts only over the version that IfMatch names', async () => {
  const key = randomUUID()
  const first = await put(key, 'one')
  await put(key, 'two', { IfMatch: first.ETag })
  await expect(put(key, 'three', { IfMatch: first.ETag })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  })
  expect((await read(key)).bytes.toString()).toBe('two')
})

test.skipIf(foreign)('refuses callers without the keys of this start', async () => {
  const { endpoint, keys } = own.s3
  const wrongSecret = clientWith({ ...keys, secretAccessKey: 'guess' })
  const wrongId = clientWith({ ...keys, accessKeyId: 'GUESS' })
  const command = new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' })
  await expect(wrongSecret.send(command)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
  await expect(wrongId.send(command)).rejects.toMatchObject({ name: 'InvalidAccessKeyId' })
  expect((await fetch(`${endpoint}/${Bucket}/x`)).status).toBe(403)
})

test.skipIf(foreign)('knows one bucket only', async () => {
  await expect(
    client.send(new PutObjectCommand({ Bucket: 'another', Key: 'x', Body: 'x' })),
  ).rejects.toMatchObject({ name: 'NoSuchBucket' })
})

test('makes one object of an upload in parts, which is not there before', async () => {
  const key = `${randomUUID()}/large.csv`
  const bytes = Buffer.alloc(11 * 1024 * 1024, 'Ada;Byron\r\n')
  const begun = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key: key, ContentType: 'text/csv' }),
  )
  const at = { Bucket, Key: key, UploadId: begun.UploadId }
  const Parts: { ETag: string | undefined; PartNumber: number }[] = []
  for (const [n, from] of [0, 5 * 1024 * 1024, 10 * 1024 * 1024].entries()) {
    const Body = bytes.subarray(from, from + 5 * 1024 * 1024)
    const { ETag } = await client.send(new UploadPartCommand({ ...at, PartNumber: n + 1, Body }))
    Parts.push({ ETag, PartNumber: n + 1 })
  }
  await expect(read(key)).rejects.toMatchObject({ name: 'NoSuchKey' })
  const wrong = { Parts: [...Parts].reverse() }
  await expect(
    client.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: wrong })),
  ).rejects.toMatchObject({ name: 'InvalidPartOrder' })
  const made = await client.send(
    new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts } }),
  )
  expect(made.ETag).toMatch(/^"[0-9a-f]{32}-3"$/)
  const found = await read(key)
  expect(found.bytes.equals(bytes)).toBe(true)
  expect(found.ContentType).toBe('text/csv')
  expect(found.ETag).toBe(made.ETag)
})

test('forgets an upload that is given up, and takes no small part but the last', async () => {
  const key = randomUUID()
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: key }))
  const at = { Bucket, Key: key, UploadId }
  const Parts: { ETag: string | undefined; PartNumber: number }[] = []
  for (const PartNumber of [1, 2]) {
    const { ETag } = await client.send(new UploadPartCommand({ ...at, PartNumber, Body: 'x' }))
    Parts.push({ ETag, PartNumber })
  }
  const complete = (some: typeof Parts) =>
    client.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts: some } }))
  await expect(complete(Parts)).rejects.toMatchObject({ name: 'EntityTooSmall' })
  await expect(complete([{ ETag: '"0"', PartNumber: 1 }])).rejects.toMatchObject({
    name: 'InvalidPart',
  })
  await client.send(new AbortMultipartUploadCommand(at))
  await expect(complete(Parts)).rejects.toMatchObject({ name: 'NoSuchUpload' })
  await expect(read(key)).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('lets an address that is signed read one object, for its time, and do nothing else', async () => {
  const key = `${randomUUID()}/ü b.csv`
  await put(key, 'Müller', { ContentType: 'text/csv', ContentDisposition: 'attachment' })
  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: key }), {
    expiresIn: 60,
  })
  const got = await fetch(url)
  expect(await got.text()).toBe('Müller')
  expect(got.headers.get('content-disposition')).toBe('attachment')
  const statusOf = async (address: string, method = 'GET') =>
    (await fetch(address, { method })).status
  expect(await statusOf(url, 'DELETE')).toBe(403)
  expect(await statusOf(url.replace('b.csv', 'c.csv'))).toBe(403)
  expect(await statusOf(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).toBe(403)
  expect(await statusOf(url.replace(/Signature=\w/, 'Signature=g'))).toBe(403)
  expect(await statusOf(url.split('?')[0] ?? '')).toBe(403)
  const past = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: key }), {
    expiresIn: 60,
    signingDate: new Date(Date.now() - 61_000),
  })
  expect(await statusOf(past)).toBe(403)
})
