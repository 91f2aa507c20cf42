import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import type { HttpRequest } from './messages.ts'

type Reader = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>
const gzip = promisify(gunzip) as Reader
const readers: Record<string, Reader> = {
  gzip,
  'x-gzip': gzip,
  deflate: promisify(inflate) as Reader,
  br: promisify(brotliDecompress) as Reader,
}

/** Bytes of the body as they were before any Content-Encoding, at most 1 MiB whatever its length header says. */
export async function bytesOf(
  request: HttpRequest,
  most: number = limits.bodyBytes.value,
): Promise<Uint8Array> {
  const bytes = request.body
  if (bytes.byteLength > most) throw new ApiError('body_too_large')
  const coding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? ''
  if (bytes.byteLength === 0 || coding === '' || coding === 'identity') return bytes
  const read = Object.hasOwn(readers, coding) ? readers[coding] : undefined
  if (!read) {
    const message = 'The Content-Encoding must be gzip, deflate or br, once.'
    throw new ApiError('unsupported_media_type', {
      message,
      headers: { 'accept-encoding': accepted },
    })
  }
  return decoded(bytes, read, most)
}

const accepted = 'gzip, deflate, br'

async function decoded(bytes: Uint8Array, read: Reader, most: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await read(bytes, { maxOutputLength: most }))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new ApiError('body_too_large')
    const message = 'The body is not what its Content-Encoding says.'
    throw new ApiError('invalid_json', { field: '', message })
  }
}

/**
 * The text of a body in UTF-8, without a byte-order mark (RFC 8259, section 8.1). What is not UTF-8 is refused: a
 * U+FFFD in its place would be kept for ever.
 */
export function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ApiError('invalid_json', { field: '', message: 'The body is not UTF-8.' })
  }
}
