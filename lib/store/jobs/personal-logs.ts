import { type Instant, now } from '#lib/base/time.ts'
import { personalUntil } from '#lib/model/schedule-rules.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { erasureBuckets, forgetDay, stripWrite } from '#lib/store/write/log-erasures.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { queryRows } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { remove } from '#lib/table/writes.ts'

const perRun = 5000

/** Takes IP address, location and user agent out of logs whose time has come, at most 5,000 in a run. */
export async function eraseOldLogs(deadline: number): Promise<{ erased: number }> {
  const scope: Scope = { org: '', deadline }
  const until = personalUntil(now())
  const to = until.slice(0, 10)
  const days = await queryRows<Key>(scope, { pk: keys.scheduleErasureDays(), to })
  let erased = 0
  for (const { sk: day } of days) {
    const due = await dueOn(scope, day, until, perRun - erased)
    await transactInParts(
      scope,
      due.map((row) => [stripWrite(logOf(scope, row)), remove(row)]),
    )
    erased += due.length
    if (erased >= perRun) break
    if (day < to) await removeDay(scope, day)
  }
  return { erased }
}

/** A day that is over and empty comes back only with a clock that goes back. */
async function removeDay(scope: Scope, day: string): Promise<void> {
  forgetDay(day)
  await transact(scope, [remove(keys.scheduleErasureDay(day))])
}

async function dueOn(scope: Scope, day: string, until: Instant, limit: number): Promise<Key[]> {
  const rows = await Promise.all(
    [...Array(erasureBuckets).keys()].map((bucket) => {
      const pk = keys.scheduleErasures(day, bucket)
      return queryRows<Key>(scope, { pk, to: `${until}~`, limit })
    }),
  )
  return rows.flat().slice(0, limit)
}

/** The log that a row of erasures leads to. */
function logOf(scope: Scope, { sk }: Key): Key {
  const [, org = '', event = '', schedule = '', timeIn = '', id = ''] = sk.split('#')
  const inside = remainsScope({ ...scope, org }, event)
  return keys.scheduleLog(inside, Number(schedule), Number(timeIn), Number(id))
}
