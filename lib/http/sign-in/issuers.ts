import type { JWTVerifyGetKey } from 'jose'
import * as v from 'valibot'
import { oidcOnLoopback } from '#lib/base/config.ts'
import { guardedJson } from '#lib/base/outgoing/guarded-json.ts'
import { tokenBuckets } from '#lib/base/token-bucket.ts'
import { signInProblem } from '#lib/wire/apps.ts'

/** How long keys are trusted, and for how long nobody asks again for what was not to be had. */
const trustMs = 10 * 60_000
const coolMs = 30_000
const answerMs = 4_000
const most = 100

/** What an issuer says of itself (OpenID Connect Discovery 1.0), as far as it matters here. */
const Discovery = v.object({ issuer: v.string(), jwks_uri: v.pipe(v.string(), v.url()) })

type Known = { keys: Promise<JWTVerifyGetKey>; until: number }
const known = new Map<string, Known>()
const reloads = tokenBuckets()

/** The public keys of an issuer that an event names, kept for ten minutes; rejects while it cannot be asked. */
export function keysOf(issuer: string): Promise<JWTVerifyGetKey> {
  const before = known.get(issuer)
  if (before && before.until > Date.now()) return before.keys
  const entry = { keys: discover(issuer), until: Date.now() + trustMs }
  entry.keys.catch(() => {
    entry.until = Date.now() + coolMs
  })
  if (known.size >= most) known.clear()
  known.set(issuer, entry)
  return entry.keys
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet, customFetch, errors } = await import('jose')
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const found = v.parse(Discovery, await ask(address, AbortSignal.timeout(answerMs)))
  // Issuers are compared to the letter: another's document must not speak for this one.
  if (found.issuer !== issuer) throw new Error('The document is of another issuer.')
  const keysAt = new URL(found.jwks_uri)
  if (signInProblem(keysAt) !== undefined) throw new Error('The keys are where nobody asks.')
  const keys = createRemoteJWKSet(keysAt, {
    timeoutDuration: answerMs,
    cooldownDuration: Number.POSITIVE_INFINITY,
    cacheMaxAge: trustMs,
    [customFetch]: async (url: string, { signal }: RequestInit) =>
      Response.json(await ask(url, signal ?? AbortSignal.timeout(answerMs))),
  })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayAskAgain(issuer)) throw error
      await keys.reload()
      return keys(header, token)
    }
  }
}

/** Issuers change their keys; who makes keys up has them asked three times at once, then every ten seconds. */
function mayAskAgain(issuer: string): boolean {
  try {
    reloads(issuer, { perSecond: 0.1, burst: 3 })
    return true
  } catch {
    return false
  }
}

const ask = (address: string, signal: AbortSignal): Promise<unknown> =>
  guardedJson(new URL(address), signal, { toLoopback: oidcOnLoopback() })
