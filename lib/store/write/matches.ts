import { ApiError } from '#lib/base/errors.ts'
import type { Effect } from '#lib/http/answer.ts'
import { isVisible, type Match, type RoundLedger } from '#lib/model/networking.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { ledgerOf } from '#lib/store/read/admission.ts'
import { findMany } from '#lib/store/read/references.ts'
import { keys, type RoundKey } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { transact, update } from '#lib/table/transact.ts'

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
  const [head, rows] = await Promise.all([
    ledgerOf(scope, session.id),
    matchRows(scope, me, session.id),
  ])
  const matches = rows.filter((match) => isVisible(head, match))
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

/** Writes under both of a pair whether they have met. */
export async function markMatch(
  scope: EventScope,
  me: string,
  session: Session,
  other: string | undefined,
  matchStarted: boolean,
  effect: Effect<LoadedMatch>,
): Promise<RecordedResponse> {
  const matches = await matchesOf(scope, me, session)
  const loaded = matches.find(({ match }) => match.other === other)
  if (!loaded) throw new ApiError('match_not_found')
  effect.guard(loaded)
  const match = { ...loaded.match, matchStarted }
  const outcome = effect.reply({ ...loaded, match })
  const rows = [me, match.other].map((person) =>
    update(
      keys.match(scope, person, session.id, match),
      { set: { matchStarted } },
      { exists: true },
      'match_not_found',
    ),
  )
  await transact(scope, rows, outcome)
  return outcome
}

/** All rows of a person in a session, newest first, those of runs that never became visible included. */
export function matchRows(scope: EventScope, person: string, session: string): Promise<Match[]> {
  const prefix = `N#${session}#`
  const range = { pk: keys.relations(scope, person), from: prefix, to: `${prefix}~` }
  return queryRows<Match>(scope, { ...range, descending: true })
}

/** The last visible round among them, 0 when there is none. */
export const lastRound = (head: RoundLedger, made: RoundKey[]): number =>
  Math.max(0, ...made.filter((one) => isVisible(head, one)).map(({ round }) => round))
