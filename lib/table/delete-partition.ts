import { chunks } from '#lib/store/jobs/queue.ts'
import type { Key } from './keys.ts'
import { queryRows } from './query.ts'
import type { Scope } from './scope.ts'
import { maxWrites, remove, transact } from './transact.ts'

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
    for (const some of chunks(rows, maxWrites))
      await transact(
        scope,
        some.map((key) => remove(key)),
      )
  }
  return false
}
