import { createHmac, timingSafeEqual } from 'node:crypto'
import { tokenKey } from '#lib/base/config.ts'
import type { Token } from '#lib/model/token.ts'

/** A token's row where a key is set; without one, whoever can write the table is trusted. */
export type MarkedToken = Token & { mac?: string }

/** What only this server can write beside a token: a row that somebody else put into the local store has none. */
export function macOf(hash: string, token: Token): { mac?: string } {
  const key = tokenKey()
  if (!key) return {}
  const { id, org, role, events, person = '', sessions, createdAt, expiresAt = '' } = token
  const parts = [hash, id, org, role, events, person, createdAt, expiresAt]
  // Marks of tokens without sessions stay what they were before there were any.
  const said = JSON.stringify(sessions ? [...parts, sessions] : parts)
  return { mac: createHmac('sha256', key).update(said).digest('base64url') }
}

/** Whether this server wrote the row. */
export function isGenuine(hash: string, { mac = '', ...token }: MarkedToken): boolean {
  const expected = macOf(hash, token).mac
  if (expected === undefined) return true
  const [given, own] = [Buffer.from(mac), Buffer.from(expected)]
  return given.length === own.length && timingSafeEqual(given, own)
}
