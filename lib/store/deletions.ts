import { type Instant, nowMillis } from '#lib/base/time.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { put, type Write } from '#lib/table/writes.ts'
import { madeBy } from './queue.ts'

/** What a deletion leaves behind: who made it, in which request, and whether it was an erasure. */
export type Deletion = { sk: string; actor?: string; request?: string; erased?: boolean }

const keptSeconds = 30 * 86_400

/**
 * The write that says so, in the transaction of the deletion. Rows that go without it are swept behind something else:
 * the feed of changes is silent about them.
 */
export const deletionWrite = (scope: EventScope, id: string, erased = false): Write =>
  put({
    ...keys.deletion(scope, id),
    ...madeBy(scope),
    ...(erased && { erased }),
    ttl: Math.floor(nowMillis() / 1000) + keptSeconds,
  })

/** What deletions of things without an id of their own are kept under; two people may connect again. */
export const connectionId = (one: string, other: string): string => [one, other].sort().join('~')
export const endedConnection = (one: string, other: string, since: Instant): string =>
  `${connectionId(one, other)}~${since}`
export const scheduleId = (id: number): string => `schedule~${id}`
