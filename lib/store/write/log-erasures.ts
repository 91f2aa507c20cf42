import type { Instant } from '#lib/base/time.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { put, remove, update, type Write } from '#lib/table/writes.ts'

/** Days are spread over so many partitions. */
export const erasureBuckets = 4

type Dated = { sk: string; id: number; createdAt: Instant }

/**
 * The writes by which logs with personal values will be found when their time has come. The row of the day is
 * written with the first log that this process keeps on it: nobody looks at other days.
 */
export function erasureWrites(scope: EventScope, schedule: number, logs: Dated[]): Write[] {
  const days = [...new Set(logs.map(({ createdAt }) => createdAt.slice(0, 10)))]
  return [
    ...logs.map((log) => put({ ...erasureKey(scope, schedule, log) })),
    ...days.filter((day) => !noted.has(day)).map((day) => put({ ...keys.scheduleErasureDay(day) })),
  ]
}

/** Remembers that the days of these logs are in the table now. */
export const noteDays = (logs: Dated[]): void => {
  for (const { createdAt } of logs) noted.add(createdAt.slice(0, 10))
}

/** Forgets a day whose row is about to go. */
export const forgetDay = (day: string): boolean => noted.delete(day)

const noted = new Set<string>()

export function erasureKey(scope: EventScope, schedule: number, log: Dated): Key {
  const sk = [log.createdAt, scope.org, scope.event, schedule, log.sk].join('#')
  return keys.scheduleErasure(log.createdAt.slice(0, 10), log.id % erasureBuckets, sk)
}

/** Removes what is personal in a log; a log that is gone meanwhile stays gone. */
export const stripWrite = (log: Key): Write =>
  update(log, { remove: ['ip', 'location', 'agent'] }, { exists: true }, () => remove(log))
