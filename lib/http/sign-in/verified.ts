import { ApiError } from '#lib/base/errors.ts'
import { canonicalEmail } from '#lib/base/text.ts'
import type { SignIn } from '#lib/model/sign-in.ts'
import { keysOf } from './issuers.ts'

/** Signatures by a key pair alone: what everybody can verify, nobody but the issuer can make. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
const clockSeconds = 60

/** The address that the issuer has verified of whoever holds this token; throws for all that makes it none. */
export async function verifiedAddress(text: string, { issuer, audience }: SignIn): Promise<string> {
  const { errors, jwtVerify } = await import('jose')
  const keys = await keysOf(issuer).catch(() => {
    throw unreachable()
  })
  const options = { issuer, audience, algorithms, clockTolerance: clockSeconds }
  const verified = jwtVerify(text, keys, { ...options, requiredClaims: ['exp'] })
  const { payload } = await verified.catch((error) => {
    const isTheirs = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)
    throw isTheirs
      ? refused('The token is expired, of another audience or not the issuer’s.')
      : unreachable()
  })
  const { email, email_verified: isVerified } = payload
  // Some issuers spell the claim as text.
  if (isVerified !== true && isVerified !== 'true') {
    throw refused('The issuer does not say that it has verified the e-mail address.')
  }
  const address = typeof email === 'string' ? canonicalEmail(email) : undefined
  if (address === undefined) throw refused('The token has no e-mail address.')
  return address
}

/** 401 with the reason, as RFC 6750 has it. */
export const refused = (message: string): ApiError =>
  new ApiError('not_authorised', {
    message,
    headers: { 'www-authenticate': `Bearer error="invalid_token"` },
  })

const unreachable = (): ApiError =>
  new ApiError('issuer_unreachable', { headers: { 'retry-after': '30' } })
