import type { Person } from '#lib/model/person.ts'
import { isPublic, type Session } from '#lib/model/session.ts'
import { findMany } from '#lib/store/find-many.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { positionOf } from './waitlist.ts'

/** Sessions in which somebody attends or has a role, and those for which they wait; no drafts. */
export type OwnAgenda = {
  me: Person
  sessions: Map<string, Session>
  waits: { session: Session; position: number }[]
}

export async function loadAgenda(scope: EventScope, me: Person): Promise<OwnAgenda> {
  const { agenda, waits = {} } = me
  const found = await findMany(scope, 'session', [...Object.keys(agenda), ...Object.keys(waits)])
  const known = [...found].filter(([, session]) => isPublic(session))
  const waiting = await Promise.all(
    known
      .filter(([id]) => id in waits)
      .map(async ([id, session]) => ({ session, position: await positionOf(scope, me, id) })),
  )
  return {
    me,
    sessions: new Map(known.filter(([id]) => id in agenda)),
    waits: waiting.flatMap(({ session, position }) =>
      position === undefined ? [] : [{ session, position }],
    ),
  }
}
