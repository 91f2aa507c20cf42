import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { onLoopback } from './loopback.ts'

type Key = Awaited<ReturnType<typeof newKey>>

async function newKey(alg: string, kid: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg)
  return { alg, kid, privateKey, shown: { ...(await exportJWK(publicKey)), alg, kid, use: 'sig' } }
}

/** An OpenID Connect issuer on this machine: it signs what it is asked to, and counts who asks for its documents. */
export async function issuerOnLoopback(alg = 'RS256') {
  let keys: Key[] = [await newKey(alg, 'first')]
  const asked: string[] = []
  const state = { isDown: false, named: undefined as string | undefined, keysAt: '/keys' }
  const server = await onLoopback((request, response) => {
    asked.push(request.url ?? '')
    if (state.isDown) return void response.destroy()
    const body =
      request.url === '/.well-known/openid-configuration'
        ? { issuer: state.named ?? server.endpoint, jwks_uri: server.endpoint + state.keysAt }
        : { keys: keys.map(({ shown }) => shown) }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  const issuer = server.endpoint
  const now = () => Math.floor(Date.now() / 1_000)
  return {
    issuer,
    asked,
    state,
    stop: server.stop,
    rotate: async (kid: string) => {
      keys = [await newKey(alg, kid)]
    },
    publicKey: () => keys[0]?.shown,
    /** The token of whoever has this address, with other claims where a test wants them. */
    sign: (
      email: string,
      claims: Record<string, unknown> = {},
      header: Record<string, string> = {},
    ) => {
      const [key] = keys
      if (!key) throw new Error('no key')
      const usual = { iss: issuer, aud: 'app', sub: email, exp: now() + 600, iat: now() }
      return new SignJWT({ ...usual, email, email_verified: true, ...claims })
        .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
        .sign(key.privateKey)
    },
  }
}
export type Issuer = Awaited<ReturnType<typeof issuerOnLoopback>>
