import { type Run, runJobs } from '#lib/store/jobs/runner.ts'

/** Runs on a schedule; a job that is longer than one run goes on in the next. */
export const handler = (): Promise<Run> => runJobs(Date.now() + 50_000)
