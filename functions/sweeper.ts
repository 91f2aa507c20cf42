import { runJobs } from '#lib/store/jobs/runner.ts'

/** Runs on a schedule; a plan that is longer than one run goes on in the next. */
export const handler = (): Promise<{ plans: number }> => runJobs(Date.now() + 50_000)
