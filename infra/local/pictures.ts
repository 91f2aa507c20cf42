import type { IncomingMessage } from 'node:http'
import type { RawAnswer } from './event.ts'
import type { Objects } from './objects.ts'
import { refusal } from './refusal.ts'

/** CloudFront's part: `/pictures/<key>` straight from the objects, to be kept by caches for ever. */
export async function pictureAnswer(
  objects: Pick<Objects, 'get' | 'head'>,
  request: IncomingMessage,
  path: string,
): Promise<RawAnswer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refusal('method_not_allowed', [['allow', 'GET, HEAD']])
  }
  const found = await objects.get(path.slice('/pictures/'.length))
  if (!found) return refusal('not_found')
  const { etag, headers } = found.meta
  const answer: RawAnswer = {
    status: 200,
    headers: [
      ['content-type', headers['content-type'] ?? 'application/octet-stream'],
      ['cache-control', 'public, max-age=31536000, immutable'],
      ['x-content-type-options', 'nosniff'],
      ['content-security-policy', "default-src 'none'"],
      ['etag', etag],
    ],
    body: found.bytes,
  }
  const known = request.headers['if-none-match']?.split(/\s*,\s*/) ?? []
  return known.includes(etag) ? { ...answer, status: 304 } : answer
}
