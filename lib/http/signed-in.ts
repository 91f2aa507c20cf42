import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import { type Token, tokenOfSignIn } from '#lib/model/token.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { knownIds } from '#lib/store/read/known-ids.ts'
import { eventTaking } from '#lib/store/read/sign-ins.ts'
import { systemOf } from './query.ts'
import type { Asked } from './route.ts'
import { refused, verifiedAddress } from './sign-in/verified.ts'

/** Whether a text is a signed token (JWT, RFC 7519), with a signature whatever it says of it. */
export const isSignedToken = (text: string): boolean =>
  text.length <= limits.signedTokenLength.value && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)

/**
 * Whom an issuer has signed in, as an attendee of the event of the path: the one with the address that it has verified.
 * Throws 401 where the event does not take the token, 403 where nobody in it has the address.
 */
export async function signedIn(
  { scope, request, params }: Pick<Asked, 'scope' | 'request' | 'params'>,
  text: string,
): Promise<Token> {
  const { event: name } = params
  if (name === undefined) throw refused('A sign-in opens the routes of an event.')
  const issuer = await issuerOf(text)
  const opened = await eventTaking(scope, issuer, { name, system: systemOf(request) })
  if (!opened) throw refused('The event takes no sign-in of this issuer.')
  const { event, signIn } = opened
  const address = await verifiedAddress(text, signIn)
  const inside = eventScope({ ...scope, org: event.org }, event)
  const [person] = await knownIds(inside, 'person', [{ email: address }])
  if (person === undefined || inside.deleting.has(person)) {
    throw new ApiError('forbidden', { message: 'Nobody in this event has your e-mail address.' })
  }
  return tokenOfSignIn(event, person, now())
}

/** Who says to have made the token: nothing is believed of it yet. */
async function issuerOf(text: string): Promise<string> {
  const { decodeJwt } = await import('jose')
  try {
    const { iss } = decodeJwt(text)
    if (typeof iss === 'string' && iss.length <= limits.signInLength.value) return iss
  } catch {
    // Not a token at all.
  }
  throw refused('The token names no issuer.')
}
