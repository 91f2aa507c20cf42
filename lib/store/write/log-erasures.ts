import type { Instant } from '#lib/base/time.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { put, remove, update, type Write } from '#lib/table/writes.ts'

/** Days are spread over so many partitions. */
export const erasureBuckets = 4

type Dated = { sk: string; id: number; createdAt: Instant }

/** The writes by which logs with personal values will be found when their time has come, once their day is noted. */
export const erasureWrites = (scope: EventScope, schedule: number, logs: Dated[]): Write[] =>
  logs.map((log) => put({ ...erasureKey(scope, schedule, log) }))

/**
 * Makes sure that the day of an instant has its row, since nobody looks at other days: before the first log that this process
 * keeps on it and not with it, for all that come at once would meet there.
 */
export async function noteDay(scope: EventScope, at: Instant): Promise<void> {
  const day = at.slice(0, 10)
  if (scope.trial) return
  const noting = noted.get(day) ?? putDay(scope, day)
  noted.set(day, noting)
  await noting.catch((error) => {
    forgetDay(day)
    throw error
  })
}

async function putDay(scope: EventScope, day: string): Promise<void> {
  const key = keys.scheduleErasureDay(day)
  if (!(await getRow(scope, key))) await transact(scope, [put({ ...key })])
}

/** Forgets a day whose row is about to go. */
export const forgetDay = (day: string): boolean => noted.delete(day)

const noted = new Map<string, Promise<void>>()

export function erasureKey(scope: EventScope, schedule: number, log: Dated): Key {
  const sk = [log.createdAt, scope.org, scope.event, schedule, log.sk].join('#')
  return keys.scheduleErasure(log.createdAt.slice(0, 10), log.id % erasureBuckets, sk)
}

/** Removes what is personal in a log; a log that is gone meanwhile stays gone. */
export const stripWrite = (log: Key): Write =>
  update(log, { remove: ['ip', 'location', 'agent'] }, { exists: true }, () => remove(log))
