import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'

/** A key of 32 bytes from a credential of 128 bits or more and what it is for (RFC 5869). */
export const encryptionKey = (credential: string, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', credential, purpose, 'plenary outcome', 32))

/** Longer texts are made smaller: a page of people takes a fifth of the write units. */
const packedFrom = 1_000
const gzipMark = 0x1f

/** Text that only the key opens: AES-256-GCM over a fresh nonce, as base64url. */
export function encrypt(key: Uint8Array, text: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const bytes = text.length < packedFrom ? Buffer.from(text, 'utf8') : gzipSync(text)
  const parts = [nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]
  return Buffer.concat(parts).toString('base64url')
}

/** The text again; throws when the key is another or the text was changed. */
export function decrypt(key: Uint8Array, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(-16))
  const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
  // No JSON begins with this byte.
  return (plain[0] === gzipMark ? gunzipSync(plain) : plain).toString('utf8')
}
