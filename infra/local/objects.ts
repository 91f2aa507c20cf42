import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, renameSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** What is kept beside the bytes; header names as S3 takes and gives them. */
export type Meta = { key: string; size: number; etag: string; modified: string; headers: Headers }
export type Headers = Record<string, string>
/** `ifNoneMatch: '*'` = only when there is none; `ifMatch` = only when the ETag is this one. */
export type Condition = { ifNoneMatch?: string | undefined; ifMatch?: string | undefined }
/** A file that holds a part of an object, and the MD5 of its bytes. */
export type Part = { file: string; size: number; md5: Buffer }
export type Page = { metas: Meta[]; next?: string }

export type Objects = {
  /** undefined when the condition does not hold. */
  put(
    key: string,
    bytes: Buffer,
    headers: Headers,
    condition?: Condition,
  ): Promise<Meta | undefined>
  /** Puts what parts of an upload make together, read one after the other. */
  putParts(key: string, parts: Part[], headers: Headers): Promise<Meta>
  head(key: string): Meta | undefined
  /** The bytes as they are read from the disk, so that large ones need no memory. */
  stream(key: string): { meta: Meta; bytes: Readable } | undefined
  get(key: string): Promise<{ meta: Meta; bytes: Buffer } | undefined>
  delete(key: string): void
  /** Keys with the prefix, in byte order, behind `after`. */
  list(prefix: string, after: string, limit: number): Page
}

/**
 * Objects in a folder, one file each: a line of JSON, then the bytes. A file appears by rename, so
 * after a kill it is there wholly or not at all; its name is the key's hash, so no key leaves the
 * folder. While the folder itself is away, nothing counts as missing: each call fails.
 */
export async function openObjects(folder: string): Promise<Objects> {
  const unfinished = join(folder, 'unfinished')
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  const index = await readIndex(folder)
  const fileOf = (key: string) => join(folder, `${sha256(key)}.object`)

  return {
    async put(key, bytes, headers, condition = {}) {
      const etag = `"${createHash('md5').update(bytes).digest('hex')}"`
      const meta = { key, size: bytes.length, etag, modified: new Date().toISOString(), headers }
      const file = join(unfinished, randomUUID())
      await writeFile(file, Buffer.concat([Buffer.from(`${JSON.stringify(meta)}\n`), bytes]))
      // From here to the end nothing is awaited: of two conditional puts one wins.
      if (!holds(condition, index.get(key))) {
        unlinkSync(file)
        return undefined
      }
      renameSync(file, fileOf(key))
      index.set(key, meta)
      return meta
    },
    async putParts(key, parts, headers) {
      const sums = createHash('md5')
      for (const { md5 } of parts) sums.update(md5)
      const etag = `"${sums.digest('hex')}-${parts.length}"`
      const size = parts.reduce((sum, part) => sum + part.size, 0)
      const meta = { key, size, etag, modified: new Date().toISOString(), headers }
      const file = join(unfinished, randomUUID())
      await writeFile(file, joined(meta, parts))
      renameSync(file, fileOf(key))
      index.set(key, meta)
      return meta
    },
    head: (key) => index.get(key),
    stream(key) {
      const meta = index.get(key)
      if (!meta) return undefined
      const file = fileOf(key)
      return { meta, bytes: createReadStream(file, { start: statSync(file).size - meta.size }) }
    },
    async get(key) {
      if (!index.has(key)) return undefined
      const content = await readFile(fileOf(key)).catch(() => undefined)
      if (!content) {
        statSync(folder)
        return undefined
      }
      const end = content.indexOf('\n')
      return {
        meta: JSON.parse(content.toString('utf8', 0, end)),
        bytes: content.subarray(end + 1),
      }
    },
    delete(key) {
      statSync(folder)
      rmSync(fileOf(key), { force: true })
      index.delete(key)
    },
    list(prefix, after, limit) {
      statSync(folder)
      const found = [...index.values()]
        .filter(({ key }) => key.startsWith(prefix) && Buffer.compare(utf8(key), utf8(after)) > 0)
        .sort((a, b) => Buffer.compare(utf8(a.key), utf8(b.key)))
      const metas = found.slice(0, limit)
      const last = metas.at(-1)
      return found.length > limit && last ? { metas, next: last.key } : { metas }
    },
  }
}

async function* joined(meta: Meta, parts: Part[]): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(meta)}\n`)
  for (const { file } of parts) yield* createReadStream(file)
}

async function readIndex(folder: string): Promise<Map<string, Meta>> {
  const index = new Map<string, Meta>()
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.object')) continue
    const file = await open(join(folder, name))
    try {
      for await (const line of file.readLines({ autoClose: false })) {
        const meta: Meta = JSON.parse(line)
        index.set(meta.key, meta)
        break
      }
    } finally {
      await file.close()
    }
  }
  return index
}

function holds({ ifNoneMatch, ifMatch }: Condition, present: Meta | undefined): boolean {
  if (ifNoneMatch !== undefined && present) return false
  return ifMatch === undefined || ifMatch === present?.etag
}

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
