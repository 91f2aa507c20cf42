import { isReady, lastRound } from '#lib/model/networking.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { ledgerOf } from './admission.ts'
import { matchRows } from './matches.ts'

/** A person's place in a networking session. */
export type Registration = { session: Session; me: Person; registered: boolean; ready: boolean }

/** A person's place as it is now. */
export async function registrationOf(
  scope: EventScope,
  me: Person,
  session: Session,
): Promise<Registration> {
  const [ledger, rows] = await Promise.all([
    ledgerOf(scope, session.id),
    matchRows(scope, me.id, session.id),
  ])
  const registered = me.agenda[session.id]?.attends ?? false
  return { session, me, registered, ready: isReady(me, session.id, lastRound(ledger, rows)) }
}
