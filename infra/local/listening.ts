import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './child-process.ts'

/** Waits until an engine answers; false when it has ended, or does not in a minute and a half. */
export async function listens(
  { child, output }: Child,
  at: { host: string; port: number },
  says?: string,
): Promise<boolean> {
  for (let waited = 0; waited < 90_000; waited += 5) {
    // Its own word where it has one, since an answer at the port could be another process's.
    if (says ? output().includes(says) : waited % 100 === 0 && (await answers(at))) return true
    if (child.exitCode !== null || child.signalCode !== null || !child.pid) return false
    await sleep(5)
  }
  return false
}

const answers = ({ host, port }: { host: string; port: number }): Promise<boolean> =>
  fetch(`http://${host}:${port}`).then(
    () => true,
    () => false,
  )
