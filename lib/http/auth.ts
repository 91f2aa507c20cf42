import { ApiError } from '#lib/base/errors.ts'
import type { Token } from '#lib/model/token.ts'
import { findToken } from '#lib/store/write/tokens.ts'
import type { Scope } from '#lib/table/scope.ts'

/** The token of a request; throws 401 without a valid one, 400 when two different ones were sent. */
export async function authenticate(
  scope: Pick<Scope, 'deadline'>,
  request: Request,
  inQuery: boolean,
): Promise<Token> {
  const sent = new Set(credentials(request, inQuery))
  if (sent.size > 1) throw new ApiError('ambiguous_credentials')
  const [text] = sent
  const usable = text !== undefined && /^[A-Za-z0-9_]{32,200}$/.test(text)
  const token = usable ? await findToken(scope, text) : undefined
  if (!token) throw new ApiError('not_authorised', { headers: { 'www-authenticate': 'Bearer' } })
  return token
}

/** The credential that a request was let in by. */
export const credentialOf = (request: Request, inQuery: boolean): string =>
  credentials(request, inQuery)[0] ?? ''

function credentials(request: Request, inQuery: boolean): string[] {
  const authorization = request.headers.get('authorization')?.trim()
  const query = inQuery ? new URL(request.url).searchParams.getAll('token') : []
  const headers = ['x-api-key', 'key'].map((name) => request.headers.get(name)?.trim())
  // A scheme other than Bearer stays in the text and so matches no token.
  const raw = authorization?.replace(/^bearer\s+/i, '')
  return [raw, ...headers, ...query].filter((text) => text !== undefined && text !== '') as string[]
}
