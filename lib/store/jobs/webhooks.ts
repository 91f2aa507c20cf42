import type { Job } from '#lib/store/queue.ts'
import { deletePartition } from '#lib/table/delete-partition.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { inEvent, type JobRunner } from './in-event.ts'

/** What became of changes for a webhook that is gone, and what was to be tried again. */
const partitions = (scope: EventScope, { work }: Job): string[] => {
  const webhook = work.webhook as string
  return [keys.deliveries(scope, webhook), keys.retries(scope, webhook)]
}

export const webhookJobs: Record<string, JobRunner> = {
  'delete-webhook': inEvent(async (scope, job) => {
    for (const pk of partitions(scope, job)) if (!(await deletePartition(scope, pk))) return false
    return true
  }, partitions),
}
