import { nowMillis } from '#lib/base/time.ts'
import { ended, filePrefix, givenBack } from '#lib/model/export.ts'
import { wipeBlobs } from '#lib/table/blobs.ts'
import { keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { remove } from '#lib/table/writes.ts'
import { allExports, findExport, note } from './exports.ts'

const erased = 'Somebody who may be in it was erased since: export again.'

/**
 * Ends every file of an event, since somebody who may be in one is erased: what is there goes, and what is being written
 * begins anew, without them. May be repeated.
 */
export async function endExports(scope: EventScope): Promise<void> {
  for (const { id } of await allExports(scope)) {
    await retryOnConflict(scope, async () => {
      const one = await findExport(scope, id)
      if (one?.status === 'running') await note(scope, one, givenBack(one, true))
      if (one?.status !== 'done') return
      await wipeBlobs(filePrefix(scope, id))
      await note(scope, one, ended(one, erased, nowMillis()))
    })
  }
}

/** Removes the exports of an event that is gone, with their places in the queue and their files. */
export async function deleteExports(scope: EventScope): Promise<void> {
  const all = await allExports(scope)
  const rows = all.map(({ id, due }) => [
    remove(keys.export(scope, id)),
    remove(keys.dueExport(scope, due, id)),
  ])
  await transactInParts(scope, rows)
  await wipeBlobs(filePrefix(scope))
}
