import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import type { Token } from '#lib/model/token.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'

/** Rows of an organisation's list carry the hash, so that deletion finds the token's own row. */
export type ListedToken = { hash: string; sk: string }

/** Tokens of the organisation in id order. */
export async function listTokens(scope: Scope, wanted: PageWanted): Promise<Page<Token>> {
  const listed = await queryRows<ListedToken>(scope, { pk: keys.tokens(scope) })
  const page = pageOfList(listed, ({ sk }) => sk, wanted)
  const rows = await getRows<Token>(
    scope,
    page.rows.map(({ hash }) => keys.token(hash)),
  )
  return { ...page, rows }
}
