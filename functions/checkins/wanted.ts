import { ApiError } from '#lib/base/errors.ts'
import { millisOf } from '#lib/base/time.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { EventCall } from '#lib/http/route.ts'
import { entrance } from '#lib/model/door/scan.ts'
import type { Session } from '#lib/model/session.ts'
import { find } from '#lib/store/document.ts'
import { sessions } from '#lib/store/documents/sessions.ts'
import type { WantedScan } from '#lib/store/door/take-scan.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import type { CheckinBody } from '#lib/wire/checkin.ts'

type Asking = Pick<EventCall, 'token' | 'scope'>

/** What a body means; throws for a door that is not there, or that the caller's token is not for. */
export async function wantedScan({ scope, token }: Asking, body: CheckinBody): Promise<WantedScan> {
  const session = await doorNamed({ scope, token }, body.session)
  const { person: sent, code, type, scanned_at: at, nonce, device, force } = body
  return {
    person: sent === undefined ? undefined : await resolveId(scope, 'person', sent),
    code,
    session,
    type: type ?? 'entry',
    at: at === undefined ? undefined : millisOf(at),
    nonce,
    device,
    force: force ?? false,
    doors: token.sessions,
  }
}

/** The session of a door, or nothing for the entrance. */
export async function doorNamed(
  { scope, token }: Asking,
  sent: string | undefined,
): Promise<Session | undefined> {
  if (sent === undefined || sent === entrance) {
    if (token.sessions) throw new ApiError('forbidden')
    return undefined
  }
  const session = await find(scope, sessions, await resolveId(scope, 'session', sent))
  if (!session) {
    throw new ApiError('invalid_reference', unknownReference('session', sent, 'session'))
  }
  if (token.sessions && !token.sessions.includes(session.id)) throw new ApiError('forbidden')
  return session
}
