import { keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { remove, type Write } from '#lib/table/writes.ts'

type PersonToken = { sk: string; hash: string }

/** Removes the tokens that speak for a person whose event is gone. */
export async function deleteTokens(scope: EventScope, person: string): Promise<void> {
  await transactInParts(scope, await tokenRemovals(scope, person))
}

/** The writes that end each of the tokens that speak for a person. */
export async function tokenRemovals(scope: EventScope, person: string): Promise<Write[][]> {
  const pk = keys.relations(scope, person)
  const rows = await queryRows<PersonToken>(scope, { pk, from: 'K#', to: 'K#~' })
  return rows.map(({ sk, hash }) => tokenRemoval(scope, sk.slice(2), hash))
}

/** The writes that end a token, found from where it stands with its person. */
export const tokenRemoval = (scope: EventScope, token: string, hash: string): Write[] => [
  remove(keys.token(hash)),
  remove(keys.tokenOf(scope, token)),
]
