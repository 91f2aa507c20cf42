import { setTimeout as sleep } from 'node:timers/promises'
import type { Changes } from './changes.ts'

const firstPauseMs = 100
const longestPauseMs = 500

/**
 * Reads again and again, behind what was looked at already, until something is there or the time is over. Nothing is
 * held but the request: as long as nothing happens, a look is one read.
 */
export async function untilFound(
  waitMs: number,
  after: number,
  read: (after: number) => Promise<Changes>,
): Promise<Changes> {
  const until = Date.now() + waitMs
  let [at, pause] = [after, firstPauseMs]
  for (;;) {
    const found = await read(at)
    const left = until - Date.now()
    if (found.rows.length > 0 || found.next !== undefined || left <= 0) return found
    at = Math.max(at, found.latest)
    await sleep(Math.min(pause, left))
    pause = Math.min(pause * 2, longestPauseMs)
  }
}
