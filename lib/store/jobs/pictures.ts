import type { Event } from '#lib/model/event.ts'
import { thumbOf } from '#lib/model/picture.ts'
import { unhide } from '#lib/store/deleting.ts'
import { getPicture } from '#lib/store/read/pictures.ts'
import { publish } from '#lib/store/write/picture-objects.ts'
import { forgetUses } from '#lib/store/write/remove-picture.ts'
import { deleteBlobs } from '#lib/table/blobs.ts'
import { wipePartition } from '#lib/table/delete-partition.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { Stale } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact, update } from '#lib/table/transact.ts'
import { type Plan, planScope } from './queue.ts'
import type { PlanRunner } from './runner.ts'

/** What uploads, replacements and deletions left undone: after it each row has its objects, and no other is there. */
export const picturePlans: Record<string, PlanRunner> = {
  'settle-picture': async (plan, deadline) => {
    const scope = planScope(plan, deadline)
    const { picture, keys: kept } = plan.work as { picture: string; keys: string[] }
    if (await taken(scope, plan)) await settle(scope, picture, kept)
    return true
  },
  'forget-picture': async (plan, deadline) => {
    const scope = planScope(plan, deadline)
    const picture = plan.work.picture as string
    const event = await getRow<Event>(scope, keys.event(plan.org, plan.event))
    // With the event, its people go another way.
    if (!event) return wipePartition(scope, keys.pictureUses(scope, picture))
    if (!(await forgetUses(scope, picture))) return false
    await transact(scope, [unhide(scope, picture)])
    return true
  },
}

/** From here on no transaction can make a row that names these objects; false when one just did. */
async function taken(scope: EventScope, plan: Plan): Promise<boolean> {
  try {
    const step = update(keys.plan(plan.sk), { set: { taken: 1 } }, { exists: true }, 'stale')
    await transact(scope, [step])
    return true
  } catch (error) {
    if (error instanceof Stale) return false
    throw error
  }
}

async function settle(scope: EventScope, id: string, kept: string[]): Promise<void> {
  const before = await getPicture(scope, id)
  if (before?.staged) await publish(scope, before)
  const picture = await getPicture(scope, id)
  const named = [picture?.key, picture?.staged]
  const left = kept.filter((key) => !named.includes(key))
  await deleteBlobs(left.flatMap((key) => [key, thumbOf(key)]))
}
