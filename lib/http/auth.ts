import { ApiError } from '#lib/base/errors.ts'
import type { Token } from '#lib/model/token.ts'
import { findToken } from '#lib/store/write/tokens.ts'
import type { HttpRequest } from './messages.ts'
import type { Asked, Route } from './route.ts'
import { isSignedToken, signedIn } from './signed-in.ts'

/** Who asks, and the text that let them in: for the encryption of what they may have answered again. */
export type Caller = { token: Token; credential: string }

/** The token of a request; throws 401 without a valid one, 400 when two different ones were sent. */
export async function authenticate(
  asked: Pick<Asked, 'scope' | 'request' | 'params'>,
  inQuery: Route['queryCredential'],
): Promise<Caller> {
  const { scope, request } = asked
  const sent = new Set(credentials(request, inQuery))
  if (sent.size > 1) throw new ApiError('ambiguous_credentials')
  const [text] = sent
  if (text !== undefined && isSignedToken(text) && isBearer(request, text)) {
    return { token: await signedIn(asked, text), credential: text }
  }
  const usable = text !== undefined && /^[A-Za-z0-9_]{32,200}$/.test(text)
  const token = usable ? await findToken(scope, text) : undefined
  if (!token) throw new ApiError('not_authorised', { headers: { 'www-authenticate': 'Bearer' } })
  return { token, credential: text ?? '' }
}

/** Whether it came as the one header that tokens of issuers come in (RFC 6750, 2.1). */
const isBearer = (request: HttpRequest, text: string): boolean =>
  /^bearer\s+(.*)$/i.exec(request.headers.get('authorization')?.trim() ?? '')?.[1] === text

function credentials(request: HttpRequest, inQuery: Route['queryCredential']): string[] {
  const authorization = request.headers.get('authorization')?.trim()
  const query = inQuery ? new URL(request.url).searchParams.getAll(inQuery) : []
  const headers = ['x-api-key', 'key'].map((name) => request.headers.get(name)?.trim())
  // A scheme other than Bearer stays in the text and so matches no token.
  const raw = authorization?.replace(/^bearer\s+/i, '')
  return [raw, ...headers, ...query].filter((text) => text !== undefined && text !== '') as string[]
}
