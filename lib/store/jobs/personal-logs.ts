import { logPersonalDays } from '#lib/base/config.ts'
import { type Instant, instantOf, nowMillis } from '#lib/base/time.ts'
import type { Personal, UsageLog } from '#lib/model/schedule.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { put, remove, transact, update, type Write } from '#lib/table/transact.ts'
import { chunks } from './queue.ts'

const dayMillis = 86_400_000
const buckets = 4
const perRun = 5000

/** Logs that arrived before this have lost, for every reader, what is personal in them. */
const cutoff = (): Instant => instantOf(Math.max(0, nowMillis() - logPersonalDays() * dayMillis))

export const isPersonal = ({ ip, location, agent }: Personal): boolean =>
  ip !== undefined || location !== undefined || agent !== undefined

/** What readers may still show of a log, even if the sweeper is late (threats T80, F26). */
export const personalOf = ({ createdAt, ip, location, agent }: UsageLog): Personal =>
  createdAt > cutoff() ? { ip, location, agent } : {}

type Dated = { sk: string; id: number; createdAt: Instant }

/**
 * The writes by which the sweeper will find logs with personal values when their time has come. The row of
 * the day is written with the first log that this process keeps on it: the sweeper looks at no other days.
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

const noted = new Set<string>()

export function erasureKey(scope: EventScope, schedule: number, log: Dated): Key {
  const sk = [log.createdAt, scope.org, scope.event, schedule, log.sk].join('#')
  return keys.scheduleErasure(log.createdAt.slice(0, 10), log.id % buckets, sk)
}

/** Takes IP address, location and user agent out of logs whose time has come, at most 5,000 in a run. */
export async function eraseOldLogs(deadline: number): Promise<{ erased: number }> {
  const scope: Scope = { org: '', deadline }
  const until = cutoff()
  const to = until.slice(0, 10)
  const days = await queryRows<Key>(scope, { pk: keys.scheduleErasureDays(), to })
  let erased = 0
  for (const { sk: day } of days) {
    const due = await dueOn(scope, day, until, perRun - erased)
    for (const some of chunks(due, 45)) erased += await erase(scope, some)
    if (erased >= perRun) break
    if (day < to) await strikeDay(scope, day)
  }
  return { erased }
}

/** A day that is over and empty comes back only with a clock that goes back. */
async function strikeDay(scope: Scope, day: string): Promise<void> {
  noted.delete(day)
  await transact(scope, [remove(keys.scheduleErasureDay(day))])
}

async function dueOn(scope: Scope, day: string, until: Instant, limit: number): Promise<Key[]> {
  const rows = await Promise.all(
    [...Array(buckets).keys()].map((bucket) => {
      const pk = keys.scheduleErasures(day, bucket)
      return queryRows<Key>(scope, { pk, to: `${until}~`, limit })
    }),
  )
  return rows.flat().slice(0, limit)
}

async function erase(scope: Scope, due: Key[]): Promise<number> {
  const writes = due.flatMap((row) => {
    const [, org = '', event = '', schedule = '', timeIn = '', id = ''] = row.sk.split('#')
    const inside = {
      ...scope,
      org,
      event,
      e: `${org}#${event}`,
      zone: '',
      deleting: new Set<string>(),
    }
    const log = keys.scheduleLog(inside, Number(schedule), Number(timeIn), Number(id))
    return [strip(log), remove(row)]
  })
  await transact(scope, writes)
  return due.length
}

/** Removes what is personal in a log; a log that is gone meanwhile stays gone. */
export const strip = (log: Key) =>
  update(log, { remove: ['ip', 'location', 'agent'] }, { exists: true }, () => remove(log))
