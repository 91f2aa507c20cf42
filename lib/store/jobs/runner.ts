import { ApiError } from '#lib/base/errors.ts'
import { log, metricsIn } from '#lib/base/log.ts'
import { type Instant, instantOf } from '#lib/base/time.ts'
import { beat } from '#lib/store/feed/interruptions.ts'
import {
  adoptWrites,
  completeWrites,
  dueJobs,
  getJob,
  type Job,
  type Queued,
  requeueWrites,
  setAsideWrites,
  unqueueWrite,
} from '#lib/store/queue.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import { transact } from '#lib/table/transact.ts'
import type { Write } from '#lib/table/writes.ts'
import { formerJobs } from './adopt.ts'
import { eventJobs } from './delete-event.ts'
import type { JobRunner, Progress } from './in-event.ts'
import { linkJobs } from './links.ts'
import { networkingJobs } from './networking.ts'
import { peopleJobs } from './people.ts'
import { eraseOldLogs } from './personal-logs.ts'
import { pictureJobs } from './pictures.ts'
import { scheduleJobs } from './schedules.ts'
import { webhookJobs } from './webhooks.ts'

const runners: Record<string, JobRunner> = {
  ...eventJobs,
  ...linkJobs,
  ...peopleJobs,
  ...webhookJobs,
  ...scheduleJobs,
  ...pictureJobs,
  ...networkingJobs,
  ...formerJobs,
}

/** A job that has failed so often is set aside for somebody to look at (docs/operate.md). */
const mostFailures = 5
/** As many jobs take turns at a time, each for its share of what is left, and no less than this. */
const turns = 25
const leastMs = 500
/** What came of a turn is noted, however much longer than its share the turn took. */
const noteMs = 3_000
/** How long a job is left alone after the store was busy. */
const busyMs = 2_000

/** A newer version may have made the job: it waits for that to be here (docs/evolution.md). */
class UnknownKind extends Error {}
const deploymentMs = 10 * 60_000

export type Run = { jobs: number; setAside: number }

/**
 * Carries out what deletions and unfinished writes have left, until nothing is due or the deadline comes (milliseconds
 * since 1970). It can be killed anywhere and resumed by anyone. Tells how many turns were taken. `others`: kinds of jobs that
 * do what requests do, and belong to whoever knows routes.
 */
export async function runJobs(
  deadline: number,
  others: Record<string, JobRunner> = {},
): Promise<Run> {
  const run: Run = { jobs: 0, setAside: 0 }
  const known = { ...runners, ...others }
  await beat(deadline).catch((error) => report('no beat for the stream', error))
  await eraseOldLogs(deadline).catch((error) => report('erasure of old logs failed', error))
  while (Date.now() < deadline) {
    const due = await dueJobs({ deadline }, turns)
    if (due.length === 0) break
    if (run.jobs === 0) await reportAge(due)
    for (const [n, queued] of due.entries()) {
      if (Date.now() >= deadline) break
      run.jobs += 1
      if (await takeTurn(known, queued, shareOf(deadline, due.length - n))) run.setAside += 1
    }
  }
  return run
}

/** A job that is long goes behind the others with its place; none holds the rest up. */
function shareOf(deadline: number, left: number): number {
  const now = Date.now()
  return Math.min(deadline, now + Math.max(leastMs, Math.floor((deadline - now) / left)))
}

/** True when the job was set aside. */
async function takeTurn(
  known: Record<string, JobRunner>,
  queued: Queued,
  deadline: number,
): Promise<boolean> {
  const scope = { org: '', deadline: deadline + leastMs }
  if (queued.former) {
    await write(adoptWrites(queued, queued.former))
    return false
  }
  const job = await getJob(scope, queued.job)
  if (!job || job.due !== queued.due) {
    await write([unqueueWrite(queued)])
    return false
  }
  try {
    const runner = known[job.kind]
    if (!runner) throw new UnknownKind(`nobody knows jobs of the kind ${job.kind}`)
    await note(job, await runner(job, deadline))
    return false
  } catch (error) {
    // Out of time in the middle of a part, or a store that is busy: its next turn goes on.
    if (!(error instanceof ApiError)) return fail(job, error)
    const delayMs = Date.now() >= deadline ? 0 : busyMs
    await note(job, { place: job.place, delayMs })
    return false
  }
}

/** Strikes a job out that is done, or puts it behind the others with its place. */
async function note(job: Job, progress: Progress): Promise<void> {
  if (progress === true) return write(completeWrites(job))
  const { place = job.place, delayMs = 0, work = job.work } = progress === false ? {} : progress
  const due = instantOf(Date.now() + delayMs)
  await write(requeueWrites(job, { place, work, failures: 0 }, due))
}

async function fail(job: Job, error: unknown): Promise<boolean> {
  const failures = job.failures + 1
  const isLast = failures >= mostFailures
  const values = { kind: job.kind, job: job.id, event: job.event, failures }
  const counted = { JobsFailed: 1, ...metricsIn({ JobsFailed: 'Count' }) }
  report(isLast ? 'job set aside' : 'job failed', error, { ...values, ...counted })
  const delayMs = error instanceof UnknownKind ? deploymentMs : 1_000 * 2 ** failures
  const due = instantOf(Date.now() + delayMs)
  const { message } = errorOf(error)
  await write(isLast ? setAsideWrites(job, message) : requeueWrites(job, { failures }, due))
  return isLast
}

/** Of two who work on one job, one notes it. */
async function write(writes: Write[]): Promise<void> {
  await transact({ org: '', deadline: Date.now() + noteMs }, writes).catch((error) => {
    if (!(error instanceof VersionConflict)) throw error
  })
}

/** How old the oldest of the due jobs is; nothing is said while there is none. */
async function reportAge(due: Queued[]): Promise<void> {
  const scope = { deadline: Date.now() + leastMs }
  const [first] = due
  const job = first && (await getJob(scope, first.job).catch(() => undefined))
  const since: Instant | undefined = job?.createdAt ?? first?.due
  if (since === undefined) return
  const OldestJobSeconds = Math.max(0, Math.round((Date.now() - Date.parse(since)) / 1000))
  log('info', 'jobs', { OldestJobSeconds, ...metricsIn({ OldestJobSeconds: 'Seconds' }) })
}

function report(what: string, error: unknown, values: Record<string, unknown> = {}): void {
  const { name, message } = errorOf(error)
  log('error', what, { ...values, name, text: message })
}

const errorOf = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error))
