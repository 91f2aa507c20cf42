export type Sweep = (deadlineMs: number) => Promise<{ plans: number }>

const busyMs = 100
const idleMs = 1_000
/** A run is short, so that a server that is told to stop stops. */
const runMs = 2_000

/** The schedule's part: sweeps again and again, soon when there was work; `stop` waits for a run. */
export function keepSweeping(sweep: Sweep, onError: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  let stopped = false
  const run = async () => {
    const { plans } = await sweep(Date.now() + runMs).catch((error) => {
      onError(error)
      return { plans: 0 }
    })
    if (!stopped) plan(plans > 0 ? busyMs : idleMs)
  }
  const plan = (ms: number) => {
    timer = setTimeout(() => {
      running = run()
    }, ms)
  }
  plan(0)
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
