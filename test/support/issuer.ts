import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { bodyOf, onLoopback } from './loopback.ts'

type Key = Awaited<ReturnType<typeof newKey>>

async function newKey(alg: string, kid: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg)
  return { alg, kid, privateKey, shown: { ...(await exportJWK(publicKey)), alg, kid, use: 'sig' } }
}

/** An OpenID Connect issuer on this machine: it signs what it is asked to, and notes which of its documents are asked for. */
export async function issuerOnLoopback(alg = 'RS256') {
  let keys: Key[] = [await newKey(alg, 'first')]
  const asked: string[] = []
  const state = { isDown: false, named: undefined as string | undefined, visitor: '', keysAt: '' }
  const server = await onLoopback(async (request, response) => {
    const url = new URL(request.url ?? '', issuer)
    asked.push(url.pathname)
    if (state.isDown) return void response.destroy()
    response.setHeader('access-control-allow-origin', '*')
    if (url.pathname === '/authorize') {
      return void response.writeHead(302, { location: back(url.searchParams) }).end()
    }
    const sent = new URLSearchParams((await bodyOf(request)).toString())
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(await answers[url.pathname]?.(sent)))
  })
  const issuer = server.endpoint
  const answers: Record<string, (sent: URLSearchParams) => unknown> = {
    '/.well-known/openid-configuration': () => ({
      issuer: state.named ?? issuer,
      jwks_uri: state.keysAt || `${issuer}/keys`,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
    }),
    '/keys': () => ({ keys: keys.map(({ shown }) => shown) }),
    '/token': async (sent) => ({ id_token: await exchange(sent) }),
  }

  /** Whoever comes to sign in is `state.visitor`; the code is good for them and their challenge (RFC 7636). */
  function back(asking: URLSearchParams): string {
    const code = `${state.visitor} ${asking.get('code_challenge')}`
    const answer = new URLSearchParams({ code, state: asking.get('state') ?? '' })
    return `${asking.get('redirect_uri')}?${answer}`
  }
  function exchange(sent: URLSearchParams): Promise<string> {
    const [email = '', challenge] = sent.get('code')?.split(' ') ?? []
    const verifier = sent.get('code_verifier') ?? ''
    const hash = createHash('sha256').update(verifier).digest('base64url')
    return hash === challenge ? sign(email, { aud: sent.get('client_id') }) : Promise.resolve('')
  }
  /** The token of whoever has this address, with other claims where a test wants them. */
  function sign(
    email: string,
    claims: Record<string, unknown> = {},
    header: Record<string, string> = {},
  ): Promise<string> {
    const [key] = keys
    if (!key) throw new Error('no key')
    const now = Math.floor(Date.now() / 1_000)
    const usual = { iss: issuer, aud: 'app', sub: email, exp: now + 600, iat: now }
    return new SignJWT({ ...usual, email, email_verified: true, ...claims })
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey)
  }
  return {
    issuer,
    asked,
    state,
    sign,
    stop: server.stop,
    rotate: async (kid: string) => {
      keys = [await newKey(alg, kid)]
    },
    publicKey: () => keys[0]?.shown,
  }
}
export type Issuer = Awaited<ReturnType<typeof issuerOnLoopback>>
