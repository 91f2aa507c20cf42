import { eventScope, remainsScope } from '#lib/store/event-scope.ts'
import { type Job, jobScope } from '#lib/store/queue.ts'
import { storedEvent } from '#lib/store/read/stored-event.ts'
import { deletePartition } from '#lib/table/delete-partition.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** True when nothing is left of a job, false when the deadline came first; or where, when and with what it goes on. */
export type Progress = boolean | { place: unknown; delayMs?: number; work?: Job['work'] }

/** Carries out a job, or a part of it before the deadline (milliseconds since 1970); may be repeated at any point. */
export type JobRunner = (job: Job, deadline: number) => Promise<Progress>

/**
 * A job that belongs to an event. When the event itself is gone, only `remains` are left: partitions of rows whose
 * owner's document went away before the event did.
 */
export const inEvent =
  (
    work: (scope: EventScope, job: Job) => Promise<Progress>,
    remains: (scope: EventScope, job: Job) => string[] = () => [],
  ): JobRunner =>
  async (job, deadline) => {
    const scope = jobScope(job, deadline)
    const event = await storedEvent(scope, job.org, job.event)
    if (event) return work(eventScope(scope, event), job)
    const gone = remainsScope(scope, job.event)
    for (const pk of remains(gone, job)) if (!(await deletePartition(gone, pk))) return false
    return true
  }
