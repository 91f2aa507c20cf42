import { ApiError } from '#lib/base/errors.ts'
import type { Precondition } from '#lib/store/document.ts'
import type { Admission } from '#lib/store/read/admission.ts'
import { type LoadedMatch, matchesOf } from '#lib/store/read/matches.ts'
import { keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { update } from '#lib/table/writes.ts'

/** Writes under both of a pair whether they have met. */
export const markMatch = (
  scope: EventScope,
  { me, session }: Admission,
  { other, matchStarted }: { other: string | undefined; matchStarted: boolean },
  precondition: Precondition<LoadedMatch>,
): Promise<LoadedMatch> =>
  retryOnConflict(scope, async () => {
    const matches = await matchesOf(scope, me.id, session)
    const loaded = matches.find(({ match }) => match.other === other)
    if (!loaded) throw new ApiError('match_not_found')
    precondition(loaded)
    const { match } = loaded
    const when = { equals: { matchStarted: match.matchStarted } }
    const writes = [me.id, match.other].map((person) => {
      const key = keys.match(scope, person, session.id, match)
      return update(key, { set: { matchStarted } }, when, 'conflict')
    })
    return commit(scope, writes, { ...loaded, match: { ...match, matchStarted } })
  })
