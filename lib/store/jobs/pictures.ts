import { ApiError } from '#lib/base/errors.ts'
import { thumbOf } from '#lib/model/picture.ts'
import { unmarkDeleting } from '#lib/store/deleting.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { type Job, jobScope } from '#lib/store/queue.ts'
import { getPicture } from '#lib/store/read/pictures.ts'
import { unlessConflict } from '#lib/store/unless-conflict.ts'
import { promoteObject } from '#lib/store/write/picture-objects.ts'
import { unlinkUses } from '#lib/store/write/remove-picture.ts'
import { deleteBlobs } from '#lib/table/blobs.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { update } from '#lib/table/writes.ts'
import { inEvent, type JobRunner, type Progress } from './in-event.ts'

/** What uploads, replacements and deletions left undone: after it each row has its objects, and no other is there. */
export const pictureJobs: Record<string, JobRunner> = {
  // Not `inEvent`: objects are to go whether their event is there or not.
  'settle-picture': (job, deadline) => {
    const scope = remainsScope(jobScope(job, deadline), job.event)
    return settlePicture(scope, job).catch(laterWhenBusy)
  },
  'forget-picture': inEvent(
    async (scope, { work }) => {
      const picture = work.picture as string
      if (!(await unlinkUses({ ...scope, sweeping: picture }, picture))) return false
      await unmarkDeleting(scope, picture)
      return true
    },
    (scope, { work }) => [keys.pictureUses(scope, work.picture as string)],
  ),
}

async function settlePicture(scope: EventScope, job: Job): Promise<Progress> {
  const { picture, keys: staged } = job.work as { picture: string; keys: string[] }
  if (await isLeftBehind(scope, job)) await settle(scope, picture, staged)
  return true
}

/** An object store that is away says nothing of the job. */
function laterWhenBusy(error: unknown): Progress {
  if (error instanceof ApiError && error.reason === 'store_busy') {
    return { place: undefined, delayMs: 60_000 }
  }
  throw error
}

/** From here on no transaction can make a row that names these objects; false when one just did. */
const isLeftBehind = (scope: EventScope, { id, vr }: Job): Promise<boolean> =>
  unlessConflict(() =>
    transact(scope, [update(keys.job(id), { set: { taken: 1 } }, { vr }, 'conflict')]),
  )

async function settle(scope: EventScope, id: string, staged: string[]): Promise<void> {
  const before = await getPicture(scope, id)
  if (before?.staged) await promoteObject(scope, before)
  const picture = await getPicture(scope, id)
  const named = [picture?.key, picture?.staged]
  const left = staged.filter((key) => !named.includes(key))
  await deleteBlobs(left.flatMap((key) => [key, thumbOf(key)]))
}
