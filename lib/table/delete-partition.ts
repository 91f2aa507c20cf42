import type { Key } from './keys.ts'
import { transactInParts } from './packed.ts'
import { queryRows } from './query.ts'
import type { Scope } from './scope.ts'
import { maxWrites } from './transact.ts'
import { remove } from './writes.ts'

/** Removes all rows of a partition, some at a time, until the deadline; true when it is empty. */
export async function deletePartition(
  scope: Scope,
  pk: string,
  from?: string,
  to?: string,
): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
    const rows = await queryRows<Key>(scope, {
      pk,
      ...range,
      only: ['pk', 'sk'],
      limit: 5 * maxWrites,
    })
    if (rows.length === 0) return true
    await transactInParts(
      scope,
      rows.map((key) => [remove(key)]),
    )
  }
  return false
}
