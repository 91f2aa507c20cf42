import { isVisible, type Match } from '#lib/model/networking.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { findMany } from '#lib/store/find-many.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { ledgerOf } from './admission.ts'

/** A pair as one of the two sees it. */
export type LoadedMatch = {
  match: Match
  other: Person
  session: Session
  deleting: ReadonlySet<string>
}

/** A person's matches in a session, newest first; those with somebody who is gone are not there. */
export async function matchesOf(
  scope: EventScope,
  me: string,
  session: Session,
): Promise<LoadedMatch[]> {
  const [ledger, rows] = await Promise.all([
    ledgerOf(scope, session.id),
    matchRows(scope, me, session.id),
  ])
  const matches = rows.filter((match) => isVisible(ledger, match))
  const others = await findMany(
    scope,
    'person',
    matches.map(({ other }) => other),
  )
  return matches.flatMap((match) => {
    const other = others.get(match.other)
    return other ? [{ match, other, session, deleting: scope.deleting }] : []
  })
}

/** All rows of a person in a session, newest first, those of runs that never became visible included. */
export function matchRows(scope: EventScope, person: string, session: string): Promise<Match[]> {
  const prefix = `N#${session}#`
  const range = { pk: keys.relations(scope, person), from: prefix, to: `${prefix}~` }
  return queryRows<Match>(scope, { ...range, descending: true })
}

/** A person's rows in some sessions whose ids are in order, those of sessions between them included. */
export function matchRowsAmong(
  scope: EventScope,
  person: string,
  sessions: string[],
): Promise<Match[]> {
  const [from, to] = [`N#${sessions[0]}#`, `N#${sessions.at(-1)}#~`]
  return queryRows<Match>(scope, { pk: keys.relations(scope, person), from, to })
}
