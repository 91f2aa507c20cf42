import { ApiError } from '#lib/base/errors.ts'
import type { Role, Token } from '#lib/model/token.ts'
import { findToken } from '#lib/store/write/tokens.ts'
import type { Scope } from '#lib/table/scope.ts'

/**
 * What a route asks of the caller (contract §1, Principals). `event:*` and `person` routes are reached only
 * by tokens of that event; `person` routes decide in detail who sees what.
 */
export type Right =
  | 'public'
  | 'anyone'
  | 'organisation'
  | 'event:read'
  | 'event:write'
  | 'attendance:write'
  | 'person'

const rights: Record<Role, readonly Right[]> = {
  super_admin: [
    'anyone',
    'organisation',
    'event:read',
    'event:write',
    'attendance:write',
    'person',
  ],
  event_admin: ['anyone', 'event:read', 'event:write', 'attendance:write', 'person'],
  event_staff: ['anyone', 'event:read', 'attendance:write', 'person'],
  attendee: ['anyone', 'person'],
}

export const rightsOf = (role: Role): readonly Right[] => rights[role]
export const mayDo = (token: Token, right: Right): boolean =>
  right === 'public' || rights[token.role].includes(right)
export const mayEnter = (token: Token, event: string): boolean =>
  token.role === 'super_admin' || token.events.includes(event)

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
