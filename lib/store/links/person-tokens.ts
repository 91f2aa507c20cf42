import { chunks } from '#lib/base/chunks.ts'
import { countedWrites } from '#lib/store/counts.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { remove, type Write } from '#lib/table/writes.ts'

/** A token as it stands with the person whom it speaks for, under `K#` and its id. */
export type PersonToken = { sk: string; hash: string }

/** Each takes two writes, and all of them one for each of sixteen counts. */
const mostAtOnce = 30

/** Removes the tokens that speak for a person whose event is gone. */
export const deleteTokens = async (scope: EventScope, person: string): Promise<void> =>
  endTokens(scope, await tokensOf(scope, person))

/** Ends tokens found where they stand with their person, which may be repeated. */
export async function endTokens(scope: EventScope, tokens: PersonToken[]): Promise<void> {
  for (const some of chunks(tokens, mostAtOnce)) {
    await retryOnConflict(scope, async () => transact(scope, await tokenRemovals(scope, some)))
  }
}

export const tokensOf = (scope: EventScope, person: string): Promise<PersonToken[]> =>
  queryRows(scope, { pk: keys.relations(scope, person), from: 'K#', to: 'K#~' })

/** The writes that end tokens, of which some may have ended; a conflict when one does meanwhile. */
export async function tokenRemovals(scope: EventScope, tokens: PersonToken[]): Promise<Write[]> {
  const listed = tokens.map(({ sk }) => keys.tokenOf(scope, sk.slice(2)))
  const left = await getRows<{ sk: string }>(scope, listed, ['sk'])
  const set = sets.tokens(scope)
  return [
    ...tokens.map(({ hash }) => remove(keys.token(hash))),
    ...left.map(({ sk }) => remove(keys.tokenOf(scope, sk), { exists: true }, 'conflict')),
    ...countedWrites(left.map(({ sk: id }) => ({ set, id, by: -1 }))),
  ]
}
