import type { ExternalId, ExternalKind } from '#lib/model/external-id.ts'
import { resolveIds } from '#lib/store/external-ids.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

type Kind = Exclude<ExternalKind, 'event'>
/** What somebody knows an object by; of several external ids the first that is known counts. */
export type KnownBy = { id: string } | { externalIds: ExternalId[] } | { email: string }

/** Our ids for what many objects are known by, in order; undefined where nobody has it. A few store calls in all. */
export async function knownIds(
  scope: EventScope,
  kind: Kind,
  wanted: (KnownBy | undefined)[],
): Promise<(string | undefined)[]> {
  const named = wanted.map((one) => (one && 'id' in one ? one.id : ''))
  const [ids, rows] = await Promise.all([
    resolveIds(scope, kind, named),
    getRows<Key & { to: string }>(
      scope,
      wanted.flatMap((one) => keysOf(scope, kind, one)),
    ),
  ])
  const owner = new Map(rows.map(({ pk, to }) => [pk, to]))
  return wanted.map((one, n) => {
    if (one && 'id' in one) return ids[n]
    const known = keysOf(scope, kind, one).map(({ pk }) => owner.get(pk))
    return known.find((id) => id !== undefined)
  })
}

function keysOf(scope: EventScope, kind: Kind, by: KnownBy | undefined): Key[] {
  if (by && 'email' in by) return [keys.email(scope, by.email)]
  if (by && 'externalIds' in by)
    return by.externalIds.map(({ system, id }) => keys.external(scope, kind, system, id))
  return []
}
