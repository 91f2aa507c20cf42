import { instantOf } from '#lib/base/time.ts'
import { getJob, type Job, requeueWrites } from '#lib/store/queue.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import { transact } from '#lib/table/transact.ts'
import { put, remove, update } from '#lib/table/writes.ts'

/**
 * Lets the time pass in which jobs are left to the requests that made them, or wait for a second pass. Tells how many
 * there are.
 */
export async function ripen(): Promise<number> {
  const scope = { org: '', deadline: Date.now() + 20_000 }
  const rows = await queryRows<Key>(scope, { pk: keys.queue() })
  for (const { sk } of rows) {
    const job = await getJob(scope, sk.slice(sk.indexOf('#') + 1))
    if (job) await moved(job)
  }
  return rows.length
}

/** The same while those requests live, who notice nothing of it: no job has another version. */
export async function ripenUnnoticed(): Promise<void> {
  const scope = { org: '', deadline: Date.now() + 20_000 }
  const due = instantOf(0)
  for (const { sk } of await queryRows<Key>(scope, { pk: keys.queue() })) {
    const [was = '', id = ''] = sk.split('#')
    if (was === due) continue
    const ripe = update(keys.job(id), { set: { due } }, { exists: true }, 'internal')
    await transact(scope, [ripe, remove(keys.queued(was, id)), put(keys.queued(due, id))])
  }
}

/** What somebody else takes up at the same moment is left to them. */
async function moved(job: Job): Promise<void> {
  const scope = { org: '', deadline: Date.now() + 20_000 }
  const writes = requeueWrites(job, {}, new Date(0).toISOString())
  await transact(scope, writes).catch((error) => {
    if (!(error instanceof VersionConflict)) throw error
  })
}
