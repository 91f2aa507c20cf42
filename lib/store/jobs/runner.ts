import { ApiError } from '#lib/base/errors.ts'
import { log } from '#lib/base/log.ts'
import { transact } from '#lib/table/transact.ts'
import { eventPlans } from './delete-event.ts'
import { sessionPlans } from './delete-session.ts'
import { trackPlans } from './delete-track.ts'
import { networkPlans } from './networking.ts'
import { eraseOldLogs } from './personal-logs.ts'
import { picturePlans } from './pictures.ts'
import { completeJob, dueJobs, type Job } from './queue.ts'
import { relationPlans } from './relations.ts'
import { schedulePlans } from './schedules.ts'

/** Carries out one plan, or a part of it before the deadline; true when nothing of it is left. */
export type JobRunner = (plan: Job, deadline: number) => Promise<boolean>

const runners: Record<string, JobRunner> = {
  ...eventPlans,
  ...relationPlans,
  ...sessionPlans,
  ...trackPlans,
  ...schedulePlans,
  ...picturePlans,
  ...networkPlans,
}

/**
 * Carries out what deletions and unfinished writes have left, until the deadline (milliseconds since 1970).
 * Every write may be repeated: it can be killed anywhere and resumed by anyone. Tells how many plans it found.
 */
export async function runJobs(deadline: number): Promise<{ plans: number }> {
  await eraseOldLogs(deadline).catch((error) => report('erasure of old logs failed', error))
  const due = await dueJobs({ deadline })
  for (const [n, plan] of due.entries()) {
    if (Date.now() >= deadline) break
    await carryOut(plan, sliceOf(deadline, due.length - n))
  }
  return { plans: due.length }
}

/** Every plan gets its share of what is left, so that a long one at the head holds nobody up. */
const sliceOf = (deadline: number, left: number): number => {
  const now = Date.now()
  return Math.min(deadline, now + Math.max(leastMs, Math.floor((deadline - now) / left)))
}
const leastMs = 500

async function carryOut(plan: Job, deadline: number): Promise<void> {
  try {
    const isDone = await runners[plan.kind]?.(plan, deadline)
    if (isDone)
      await transact({ org: plan.org, deadline: deadline + leastMs }, [completeJob(plan.sk)])
  } catch (error) {
    // Out of time in the middle of a write: the next run goes on.
    if (error instanceof ApiError && Date.now() >= deadline) return
    report('plan failed', error, { kind: plan.kind, plan: plan.sk })
  }
}

function report(what: string, error: unknown, values: Record<string, unknown> = {}): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  log('error', what, { ...values, name, text: message })
}
