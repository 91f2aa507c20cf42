import { isReady, lastRound, noLedger } from '#lib/model/networking.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { ledgerOf, ledgersOf } from './admission.ts'
import { matchRows, matchRowsAmong } from './matches.ts'

/** A person's place in a networking session. */
export type Registration = { session: Session; me: Person; registered: boolean; ready: boolean }

/** A person's place in a session as it is now. */
export async function registrationOf(
  scope: EventScope,
  me: Person,
  session: Session,
): Promise<Registration> {
  const [ledger, rows] = await Promise.all([
    ledgerOf(scope, session.id),
    matchRows(scope, me.id, session.id),
  ])
  return registration(me, session, lastRound(ledger, rows))
}

/** A person's places in some sessions by the sessions' ids: two reads, whatever their number. */
export async function registrationsOf(
  scope: EventScope,
  me: Person,
  sessions: Session[],
): Promise<Map<string, Registration>> {
  const ids = sessions.map(({ id }) => id).sort()
  const [ledgers, rows] = await Promise.all([
    ledgersOf(scope, ids),
    matchRowsAmong(scope, me.id, ids),
  ])
  const bySession = Map.groupBy(rows, ({ session }) => session)
  return new Map(
    sessions.map((session) => {
      const { id } = session
      const paired = lastRound(ledgers.get(id) ?? noLedger, bySession.get(id) ?? [])
      return [id, registration(me, session, paired)]
    }),
  )
}

const registration = (me: Person, session: Session, paired: number): Registration => ({
  session,
  me,
  registered: me.agenda[session.id]?.attends ?? false,
  ready: isReady(me, session.id, paired),
})
