import { createHash, randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Headers, Meta, Objects, Part } from './objects.ts'

type Upload = { key: string; headers: Headers; parts: Map<number, Part & { etag: string }> }

/** S3 takes no smaller part but the last, and no more of them. */
const leastBytes = 5 * 1024 * 1024
const mostParts = 10_000

/**
 * Uploads in parts that are under way. They end with the process, as they do on AWS after a day: the object appears only
 * when the upload is completed.
 */
export function openUploads(objects: Objects, folder: string) {
  const uploads = new Map<string, Upload>()
  const find = (id: string, key: string): Upload | undefined => {
    const found = uploads.get(id)
    return found?.key === key ? found : undefined
  }
  const end = async (id: string, { parts }: Upload): Promise<void> => {
    uploads.delete(id)
    await Promise.all([...parts.values()].map(({ file }) => rm(file, { force: true })))
  }
  return {
    begin(key: string, headers: Headers): string {
      const id = randomUUID()
      uploads.set(id, { key, headers, parts: new Map() })
      return id
    },
    /** The entity tag of a part, or S3's error code. */
    async part(id: string, key: string, n: number, bytes: Buffer) {
      const upload = find(id, key)
      if (!upload) return { code: 'NoSuchUpload' }
      if (!Number.isInteger(n) || n < 1 || n > mostParts) return { code: 'InvalidArgument' }
      const file = join(folder, `plenary-part-${randomUUID()}`)
      await writeFile(file, bytes, { mode: 0o600 })
      const md5 = createHash('md5').update(bytes).digest()
      const etag = `"${md5.toString('hex')}"`
      const before = upload.parts.get(n)
      upload.parts.set(n, { file, size: bytes.length, md5, etag })
      if (before) await rm(before.file, { force: true })
      return { etag }
    },
    /** Makes the object of the parts that the body of the request lists. */
    async complete(id: string, key: string, body: string): Promise<{ code: string } | Meta> {
      const upload = find(id, key)
      if (!upload) return { code: 'NoSuchUpload' }
      const listed = partsIn(body)
      if (listed.length === 0) return { code: 'MalformedXML' }
      if (listed.some(({ n }, at) => n <= (listed[at - 1]?.n ?? 0))) {
        return { code: 'InvalidPartOrder' }
      }
      const parts = listed.flatMap(({ n, etag }) => {
        const part = upload.parts.get(n)
        return part?.etag === etag ? [part] : []
      })
      if (parts.length < listed.length) return { code: 'InvalidPart' }
      if (parts.slice(0, -1).some(({ size }) => size < leastBytes)) {
        return { code: 'EntityTooSmall' }
      }
      const meta = await objects.putParts(key, parts, upload.headers)
      await end(id, upload)
      return meta
    },
    async abort(id: string, key: string): Promise<boolean> {
      const upload = find(id, key)
      if (upload) await end(id, upload)
      return upload !== undefined
    },
    /** What was begun and never ended. */
    async stop(): Promise<void> {
      await Promise.all([...uploads].map(([id, upload]) => end(id, upload)))
    },
  }
}

export type Uploads = ReturnType<typeof openUploads>

/** `<Part><ETag>…</ETag><PartNumber>…</PartNumber></Part>`, the two in either order. */
function partsIn(body: string): { n: number; etag: string }[] {
  return [...body.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    n: Number(/<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1]),
    etag: `"${/<ETag>(.*?)<\/ETag>/s.exec(part)?.[1]?.replaceAll(/&quot;|&#34;|"/g, '') ?? ''}"`,
  }))
}
