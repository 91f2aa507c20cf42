import { kinds } from '#lib/base/ids.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** Who is gone of whom rows of others may still tell: these go behind a deletion, which is noted for long after that. */
export async function gonePeople(scope: EventScope): Promise<Set<string>> {
  const { pk, sk: from } = keys.deletion(scope, `${kinds.person}_`)
  const deleted = await queryRows<Key>(scope, { pk, from, to: `${from}~`, only: ['sk'] })
  return new Set([...deleted.map(({ sk }) => sk), ...scope.deleting])
}
