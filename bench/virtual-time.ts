import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'

type Sleep = typeof timers.setTimeout
type Waiting = { at: number; wake: () => void }

/**
 * Runs work in a time of its own: it goes on to the next moment that somebody waits for, once nobody has anything left to
 * do in this one. So it does not matter how long this process takes for anything. `isBusy` says whether somebody
 * is being worked for elsewhere.
 */
export async function inVirtualTime<T>(isBusy: () => boolean, work: () => Promise<T>): Promise<T> {
  const real = { sleep: timers.setTimeout, now: Date.now }
  const start = Date.now()
  const waiting: Waiting[] = []
  let elapsed = 0
  timers.setTimeout = (<T>(ms = 0, value?: T) =>
    new Promise<T>((resolve) => {
      waiting.push({ at: elapsed + ms, wake: () => resolve(value as T) })
    })) as Sleep
  Date.now = () => start + Math.trunc(elapsed)
  syncBuiltinESMExports()
  try {
    let isOver = false
    const done = work().finally(() => {
      isOver = true
    })
    while (!isOver) {
      await quiet(real.sleep, isBusy)
      const next = earliest(waiting)
      if (!next) continue
      elapsed = next.at
      next.wake()
    }
    return await done
  } finally {
    timers.setTimeout = real.sleep
    Date.now = real.now
    syncBuiltinESMExports()
  }
}

function earliest(waiting: Waiting[]): Waiting | undefined {
  const first = waiting.reduce(
    (least, { at }, n) => (at < (waiting[least]?.at ?? 0) ? n : least),
    0,
  )
  return waiting.splice(first, 1)[0]
}

/** Until nothing happens any more without the clock going on; what this process computes ends in turns of its loop. */
async function quiet(sleep: Sleep, isBusy: () => boolean): Promise<void> {
  do {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => setImmediate(done))
    await sleep(2)
  } while (isBusy())
}
