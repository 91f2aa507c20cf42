import { batchJob } from '#lib/http/batch/job.ts'
import { type Run, runJobs } from '#lib/store/jobs/runner.ts'

/** Loaded with the first batch that goes on: few ever do. */
const jobs = {
  batch: batchJob(async () => (await import('./every-batch.ts')).everyBatch),
}

/** Carries out whatever is due until the deadline, milliseconds since 1970. */
export const sweep = (deadline: number): Promise<Run> => runJobs(deadline, jobs)

/** Runs on a schedule; a job that is longer than one run goes on in the next. */
export const handler = (): Promise<Run> => sweep(Date.now() + 50_000)
