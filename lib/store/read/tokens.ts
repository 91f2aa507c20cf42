import type { Page, PageWanted } from '#lib/base/page.ts'
import { now } from '#lib/base/time.ts'
import type { Token } from '#lib/model/token.ts'
import { sets } from '#lib/store/sets.ts'
import { isGenuine, type MarkedToken } from '#lib/store/token-mac.ts'
import { listCounted } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'

/** Rows of an organisation's list carry the hash, so that deletion finds the token's own row. */
export type ListedToken = { hash: string; sk: string }

/** Tokens of the organisation in id order. */
export async function listTokens(scope: Scope, wanted: PageWanted): Promise<Page<Token>> {
  const page = await listCounted<ListedToken>(scope, sets.tokens(scope), wanted)
  const rows = await getRows<Token>(
    scope,
    page.rows.map(({ hash }) => keys.token(hash)),
  )
  return { ...page, rows }
}

/** A token by its id, while it is there and has not expired. */
export async function findTokenById(scope: Scope, id: string): Promise<Token | undefined> {
  const listed = await getRow<ListedToken>(scope, keys.tokenOf(scope, id))
  const token = listed && (await getRow<MarkedToken>(scope, keys.token(listed.hash)))
  return token && isGenuine(listed.hash, token) ? alive(token) : undefined
}

/** A token, unless it has expired. */
export const alive = (token: Token): Token | undefined =>
  token.expiresAt !== undefined && token.expiresAt <= now() ? undefined : token
