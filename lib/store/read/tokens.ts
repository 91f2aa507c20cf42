import type { Token } from '#lib/model/token.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'

/** Rows of an organisation's list carry the hash, so that deletion finds the token's own row. */
export type ListedToken = { hash: string; sk: string }

/** Tokens of the organisation in id order. */
export async function listTokens(
  scope: Scope,
  { limit, offset, after = '' }: PageWanted,
): Promise<Page<Token>> {
  const listed = await queryRows<ListedToken>(scope, { pk: keys.tokens(scope) })
  const wanted = listed.filter(({ sk }) => sk > after).slice(offset, offset + limit)
  const rows = await getRows<Token>(
    scope,
    wanted.map(({ hash }) => keys.token(hash)),
  )
  return { total: listed.length, rows }
}
