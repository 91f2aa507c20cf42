import { keptList, type ListRead } from '#lib/table/kept-lists.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { check, update, type Write } from '#lib/table/writes.ts'

/**
 * The write that goes with each change of a connection or a meeting, for each of the two: lists of theirs that are kept
 * hold no longer. The person is proven to be there in the same transaction, or is only told of what `ends` with another.
 */
export function relationsChanged(scope: EventScope, person: string, ends?: 'ends'): Write {
  const key = keys.relationsVersion(scope, person)
  const change = { add: { n: 1 } }
  if (!ends) return { ...update(key, change), once: true }
  const ended = update(key, change, { exists: true }, (existing) =>
    existing ? new VersionConflict() : check(key, { exists: false }, 'conflict'),
  )
  return { ...ended, once: true }
}

/** Rows of one kind that a person has with others, kept while nothing of these changes; not before the first change that was counted. */
export const keptRelations = <T>(
  scope: EventScope,
  [person, kind]: [person: string, kind: 'C' | 'W'],
  read: () => Promise<ListRead<T>>,
): Promise<T[]> => {
  const key = keys.relationsVersion(scope, person)
  const stateOf = async () => {
    const row = await getRow<{ n: number }>(scope, key)
    return row && { version: String(row.n) }
  }
  return keptList(scope, `${key.pk}#${kind}`, stateOf, read)
}
