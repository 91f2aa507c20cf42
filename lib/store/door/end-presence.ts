import { chunks } from '#lib/base/chunks.ts'
import { noTally, type Presence, type Scan, tallyOf } from '#lib/model/door/scan.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { remove } from '#lib/table/writes.ts'
import { tallyWrites } from './tally.ts'

/**
 * Removes all scans of somebody at a door, and at last their presence with what it counts. May be repeated; false when
 * the deadline came first.
 */
export async function endPresence(
  scope: EventScope,
  person: string,
  list: string,
): Promise<boolean> {
  const key = keys.presence(scope, person, list)
  const presence = await getRow<Presence>(scope, key)
  if (!presence) return true
  const own = await scansOf(scope, { person, list, presence })
  for (const some of chunks(own, 40)) {
    if (Date.now() >= scope.deadline) return false
    const rows = some.flatMap((scan) => [remove(scan), remove(keys.nonce(scope, scan.nonce))])
    await transact(scope, rows)
  }
  await retryOnConflict(scope, async () => {
    const last = await getRow<Presence>(scope, key)
    if (!last) return
    const counted = tallyWrites(scope, list, tallyOf(last), noTally)
    await transact(scope, [remove(key, { vr: last.vr }, 'conflict'), ...counted])
  })
  return true
}

type Of = { person: string; list: string; presence: Pick<Presence, 'from' | 'to'> }

/** The scans of somebody at a door, by time. */
export async function scansOf(
  scope: EventScope,
  { person, list, presence: { from, to } }: Of,
): Promise<(Scan & Key)[]> {
  const rows = await queryRows<Scan & Key>(scope, {
    pk: keys.scans(scope, list),
    from: keys.scansFrom(from),
    to: `${keys.scansFrom(to)}~`,
  })
  return rows.filter((scan) => scan.person === person)
}
