export type RunJobs = (deadlineMs: number) => Promise<{ jobs: number }>

const busyMs = 100
const idleMs = 1_000
/** A run is short, so that a server that is told to stop stops. */
const runMs = 2_000

/** The schedule's part: runs jobs again and again, soon when there was work; `stop` waits for a run. */
export function keepRunning(runJobs: RunJobs, onError: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  let stopped = false
  const run = async () => {
    const { jobs } = await runJobs(Date.now() + runMs).catch((error) => {
      onError(error)
      return { jobs: 0 }
    })
    if (!stopped) schedule(jobs > 0 ? busyMs : idleMs)
  }
  const schedule = (ms: number) => {
    timer = setTimeout(() => {
      running = run()
    }, ms)
  }
  schedule(0)
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
