import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type BlobEntry, deleteBlobs, getBlob, listBlobs, putBlob } from '#lib/table/blobs.ts'
import { onLoopback } from '#test/support/loopback.ts'

const form = { type: 'image/png', cacheControl: 'public, max-age=31536000, immutable' }

async function pagesOf(prefix: string, after?: string): Promise<BlobEntry[][]> {
  const pages: BlobEntry[][] = []
  for await (const page of listBlobs(prefix, after)) pages.push(page)
  return pages
}

const keysOf = (pages: BlobEntry[][]) => pages.flat().map(({ key }) => key)

it('gives back the very bytes that were put, with their type', async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 128])
  await putBlob('org_1/evt_1/a.png', bytes, form)
  expect(await getBlob('org_1/evt_1/a.png')).toEqual({ bytes, type: 'image/png' })
  await putBlob('org_1/evt_1/a.png', Buffer.from('new'), { ...form, type: 'image/jpeg' })
  expect(await getBlob('org_1/evt_1/a.png')).toMatchObject({ type: 'image/jpeg' })
})

it('knows nothing of a key that was never put', async () => {
  expect(await getBlob('org_1/evt_1/missing.png')).toBeUndefined()
})

it('removes many at once, those that are not there included', async () => {
  const keys = ['x', 'y', 'z'].map((name) => `org_2/evt_1/${name}`)
  for (const key of keys.slice(1)) await putBlob(key, Buffer.from(key), form)
  await deleteBlobs(keys)
  await deleteBlobs(keys)
  await deleteBlobs([])
  expect(keysOf(await pagesOf('org_2/'))).toEqual([])
})

it('lists more than a thousand keys in order over several pages', async () => {
  const keys = Array.from({ length: 1_005 }, (_, index) => `org_3/e/${10_000 + index}`)
  for (let from = 0; from < keys.length; from += 50) {
    await Promise.all(
      keys.slice(from, from + 50).map((key) => putBlob(key, Buffer.from('x'), form)),
    )
  }
  const pages = await pagesOf('org_3/')
  expect(pages.length).toBe(2)
  expect(keysOf(pages)).toEqual(keys)
  expect(keysOf(await pagesOf('org_3/', keys[1_000]))).toEqual(keys.slice(1_001))
  const times = pages
    .flat()
    .map(({ lastModified }) => Math.abs(Date.now() - lastModified.getTime()))
  expect(Math.max(...times)).toBeLessThan(3_600_000)
  await deleteBlobs(keys)
  expect(keysOf(await pagesOf('org_3/'))).toEqual([])
})

/** lib/blobs.ts as a process sees it that was started with another environment. */
async function blobsWith(environment: Record<string, string>) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  vi.resetModules()
  return import('#lib/table/blobs.ts')
}

async function withStore<T>(answer: RequestListener, work: (endpoint: string) => Promise<T>) {
  const server = await onLoopback(answer)
  try {
    return await work(server.endpoint)
  } finally {
    await server.stop()
  }
}

describe('when the store', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.resetModules()
  })

  const faults: [string, RequestListener][] = [
    ['asks to slow down', (_, response) => response.writeHead(503).end(slowDown)],
    ['is broken', (_, response) => response.writeHead(500).end()],
    ['hangs up', (request) => request.socket.destroy()],
    ['says nothing', () => {}],
  ]
  for (const [fault, answer] of faults) {
    it(`${fault}, puts, reads, deletes and lists end in store_busy`, async () => {
      await withStore(answer, async (endpoint) => {
        const blobs = await blobsWith({ S3_ENDPOINT: endpoint })
        const calls = [
          blobs.putBlob('a', Buffer.from('a'), form),
          blobs.getBlob('a'),
          blobs.deleteBlobs(['a']),
          blobs.listBlobs('a').next(),
        ]
        for (const call of await Promise.allSettled(calls)) {
          expect(call).toMatchObject({ status: 'rejected', reason: { reason: 'store_busy' } })
        }
      })
    })
  }

  it('refuses once and then works, nobody notices', async () => {
    let asked = 0
    const recovering: RequestListener = (_, response) =>
      response.writeHead(++asked === 1 ? 503 : 200).end()
    await withStore(recovering, async (endpoint) => {
      const blobs = await blobsWith({ S3_ENDPOINT: endpoint })
      await blobs.putBlob('a', Buffer.from('a'), form)
      expect(asked).toBe(2)
    })
  })

  it('is another endpoint on Lambda, nothing is sent there', async () => {
    const blobs = await blobsWith({ AWS_LAMBDA_FUNCTION_NAME: 'pictures' })
    await expect(blobs.getBlob('a')).rejects.toThrow('S3_ENDPOINT must not be set on Lambda')
  })
})

const slowDown = '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>…</Message></Error>'
