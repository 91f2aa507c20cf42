import type { Actor } from '#lib/model/change.ts'
import { isOfSignIn, type Token } from '#lib/model/token.ts'
import type { ListedToken } from '#lib/store/read/tokens.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'

const known = new Map<string, Actor>()
const mostKnown = 10_000

/** Whose these tokens are. Of one that is deleted already only its id is known. */
export async function actorsOf(scope: Scope, tokens: string[]): Promise<Map<string, Actor>> {
  const fresh = [...new Set(tokens)].filter((id) => !known.has(id))
  if (known.size > mostKnown) known.clear()
  for (const actor of await findActors(scope, fresh)) known.set(actor.tokenId, actor)
  return new Map(tokens.map((id) => [id, known.get(id) ?? unknown(id)]))
}

const unknown = (tokenId: string): Actor => ({
  tokenId,
  name: '',
  role: isOfSignIn(tokenId) ? 'attendee' : '',
})

async function findActors(scope: Scope, ids: string[]): Promise<Actor[]> {
  if (ids.length === 0) return []
  const listed = await getRows<ListedToken>(
    scope,
    ids.map((id) => keys.tokenOf(scope, id)),
  )
  const rows = await getRows<Token>(
    scope,
    listed.map(({ hash }) => keys.token(hash)),
  )
  return rows.map(({ id, name, role }) => ({
    tokenId: id,
    // It may be the name of the person whom the token speaks for.
    name: role === 'attendee' ? '' : name,
    role,
  }))
}
