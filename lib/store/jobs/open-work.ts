import { eventScope } from '#lib/store/event-scope.ts'
import { finishLinks } from '#lib/store/links/open-job.ts'
import { getJob } from '#lib/store/queue.ts'
import { storedEvent } from '#lib/store/read/stored-event.ts'
import type { Scope } from '#lib/table/scope.ts'

/** Finishes what a recorded answer has promised; false when that did not succeed now. */
export async function finishRecordedWork(scope: Scope, id: string): Promise<boolean> {
  const job = await getJob(scope, id)
  if (!job) return true
  const event = await storedEvent(scope, job.org, job.event)
  if (!event) return true
  return finishLinks(eventScope(scope, event), id).then(
    () => true,
    () => false,
  )
}
