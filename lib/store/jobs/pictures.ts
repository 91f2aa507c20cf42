import type { Event } from '#lib/model/event.ts'
import { thumbOf } from '#lib/model/picture.ts'
import { unmarkDeleting } from '#lib/store/deleting.ts'
import { getPicture } from '#lib/store/read/pictures.ts'
import { promoteObject } from '#lib/store/write/picture-objects.ts'
import { unlinkUses } from '#lib/store/write/remove-picture.ts'
import { deleteBlobs } from '#lib/table/blobs.ts'
import { deletePartition } from '#lib/table/delete-partition.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact, update } from '#lib/table/transact.ts'
import { type Job, jobScope } from './queue.ts'
import type { JobRunner } from './runner.ts'

/** What uploads, replacements and deletions left undone: after it each row has its objects, and no other is there. */
export const picturePlans: Record<string, JobRunner> = {
  'settle-picture': async (plan, deadline) => {
    const scope = jobScope(plan, deadline)
    const { picture, keys: kept } = plan.work as { picture: string; keys: string[] }
    if (await taken(scope, plan)) await settle(scope, picture, kept)
    return true
  },
  'forget-picture': async (plan, deadline) => {
    const scope = jobScope(plan, deadline)
    const picture = plan.work.picture as string
    const event = await getRow<Event>(scope, keys.event(plan.org, plan.event))
    // With the event, its people go another way.
    if (!event) return deletePartition(scope, keys.pictureUses(scope, picture))
    if (!(await unlinkUses(scope, picture))) return false
    await transact(scope, [unmarkDeleting(scope, picture)])
    return true
  },
}

/** From here on no transaction can make a row that names these objects; false when one just did. */
async function taken(scope: EventScope, plan: Job): Promise<boolean> {
  try {
    const write = update(keys.plan(plan.sk), { set: { taken: 1 } }, { exists: true }, 'conflict')
    await transact(scope, [write])
    return true
  } catch (error) {
    if (error instanceof VersionConflict) return false
    throw error
  }
}

async function settle(scope: EventScope, id: string, kept: string[]): Promise<void> {
  const before = await getPicture(scope, id)
  if (before?.staged) await promoteObject(scope, before)
  const picture = await getPicture(scope, id)
  const named = [picture?.key, picture?.staged]
  const left = kept.filter((key) => !named.includes(key))
  await deleteBlobs(left.flatMap((key) => [key, thumbOf(key)]))
}
