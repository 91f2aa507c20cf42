import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { remove, type Step, transact } from '#lib/table/transact.ts'
import { parts } from './queue.ts'

type Row = { sk: string; hash: string }

/** Removes the tokens that speak for a person whose event is gone. */
export async function forgetTokens(scope: EventScope, person: string): Promise<void> {
  const pk = keys.relations(scope, person)
  const rows = await queryRows<Row>(scope, { pk, from: 'K#', to: 'K#~' })
  for (const some of parts(rows, 45)) {
    await transact(
      scope,
      some.flatMap(({ sk, hash }) => tokenRemoval(scope, sk.slice(2), hash)),
    )
  }
}

/** The steps that end a token, found from where it stands with its person. */
export const tokenRemoval = (scope: EventScope, token: string, hash: string): Step[] => [
  remove(keys.token(hash)),
  remove(keys.tokenOf(scope, token)),
]
