import type { IncomingMessage } from 'node:http'
import type { RawAnswer } from './event.ts'
import type { Objects } from './objects.ts'
import { refusal } from './refusal.ts'

/** Exports lie beside the pictures, for signed addresses alone. */
const isPicture = /^(?!exports\/)\w+\/./

/** CloudFront's part: `/pictures/<key>` straight from the objects, with the cache rule they were put with. */
export async function pictureAnswer(
  objects: Pick<Objects, 'get' | 'head'>,
  request: IncomingMessage,
  path: string,
): Promise<RawAnswer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refusal('method_not_allowed', [['allow', 'GET, HEAD']])
  }
  const key = path.slice('/pictures/'.length)
  const found = isPicture.test(key) ? await objects.get(key) : undefined
  if (!found) return refusal('not_found')
  const { etag, headers } = found.meta
  const answer: RawAnswer = {
    status: 200,
    headers: [
      ['content-type', headers['content-type'] ?? 'application/octet-stream'],
      ['cache-control', headers['cache-control'] ?? 'public, no-cache'],
      ['x-content-type-options', 'nosniff'],
      ['content-security-policy', "default-src 'none'"],
      ['content-disposition', 'inline'],
      ['etag', etag],
    ],
    body: found.bytes,
  }
  const known = request.headers['if-none-match']?.split(',') ?? []
  const unchanged = known.some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
  return unchanged ? { ...answer, status: 304 } : answer
}
