import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { fitsAnswer } from '#lib/base/answer-size.ts'
import { ApiError } from '#lib/base/errors.ts'
import type { HttpRequest } from './messages.ts'

type Encoding = 'br' | 'gzip'
/** A body ready to be sent, with the headers that say how it is written. */
export type Encoded = { data: string | Uint8Array; headers: Record<string, string> }

const worthwhile = 1024
// The best of brotli takes seconds for a page of a thousand; this packs like gzip's best, and faster.
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

/** A text in the encoding that the client likes best; a page that Lambda could not send asks for a smaller one. */
export function encoded(
  request: Pick<HttpRequest, 'headers'>,
  text: string,
  headers: Record<string, string>,
): Encoded {
  const long = text.length > worthwhile && headers['content-encoding'] === undefined
  const encoding = long ? encodingIn(request.headers.get('accept-encoding') ?? '') : undefined
  const data = encoding ? packed(text, encoding) : text
  if (!fitsAnswer(data)) {
    const message = 'The page is too large: ask for fewer.'
    throw new ApiError('invalid_query', { field: 'limit', message })
  }
  const { etag } = headers
  return {
    data,
    headers: {
      ...headers,
      ...(long && { vary: [headers.vary, 'accept-encoding'].filter(Boolean).join(', ') }),
      ...(encoding && { 'content-encoding': encoding }),
      ...(encoding && etag && { etag: etag.replace(/"$/, `-${encoding}"`) }),
    },
  }
}

/** An entity tag without the encoding that it was sent in: strong tags differ by it (RFC 9110, 8.8.3). */
export const withoutEncoding = (etag: string): string => etag.replace(/-(?:br|gzip)"$/, '"')

/** The best that the client takes (RFC 9110, section 12.5.3). */
function encodingIn(accepted: string): Encoding | undefined {
  const taken = accepted
    .toLowerCase()
    .split(',')
    .map((one) => one.split(';').map((part) => part.trim()))
    .filter(([, weight = '']) => !/^q=0(\.0*)?$/.test(weight))
    .map(([name]) => name)
  return (['br', 'gzip'] as const).find((name) => taken.includes(name))
}

const packed = (text: string, encoding: Encoding): Uint8Array =>
  encoding === 'br' ? brotliCompressSync(text, brotli) : gzipSync(text)
