import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { remove, transact, type Write } from '#lib/table/transact.ts'
import { chunks } from './queue.ts'

type Row = { sk: string; hash: string }

/** Removes the tokens that speak for a person whose event is gone. */
export async function deleteTokens(scope: EventScope, person: string): Promise<void> {
  const pk = keys.relations(scope, person)
  const rows = await queryRows<Row>(scope, { pk, from: 'K#', to: 'K#~' })
  for (const some of chunks(rows, 45)) {
    await transact(
      scope,
      some.flatMap(({ sk, hash }) => tokenRemoval(scope, sk.slice(2), hash)),
    )
  }
}

/** The writes that end a token, found from where it stands with its person. */
export const tokenRemoval = (scope: EventScope, token: string, hash: string): Write[] => [
  remove(keys.token(hash)),
  remove(keys.tokenOf(scope, token)),
]
