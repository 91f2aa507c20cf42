import type { Scan } from '#lib/model/door/scan.ts'
import { deletePartition } from '#lib/table/delete-partition.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { remove } from '#lib/table/writes.ts'

/**
 * Removes all that a door has kept: scans with their nonces, how people stand to it, what it counts. For a session that is
 * gone; may be repeated. False when the deadline came first.
 */
export async function endDoor(scope: EventScope, list: string): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    const rows = await queryRows<Scan & Key>(scope, { pk: keys.scans(scope, list), limit: 200 })
    if (rows.length === 0) {
      const { pk, sk: from } = keys.doorTally(scope, list, 0)
      return deletePartition(scope, pk, from, `${list}#~`)
    }
    await transactInParts(
      scope,
      rows.map((scan) => [remove(scan), remove(keys.nonce(scope, scan.nonce))]),
    )
    const people = new Set(rows.flatMap(({ person }) => person ?? []))
    await transactInParts(
      scope,
      [...people].map((person) => [remove(keys.presence(scope, person, list))]),
    )
  }
  return false
}
