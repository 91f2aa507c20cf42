import type { Page, PageWanted } from '#lib/base/page.ts'
import { type Stay, type StayRow, staysIn } from '#lib/model/log-days.ts'
import type { UsageLog } from '#lib/model/schedule.ts'
import { keys } from '#lib/table/keys.ts'
import { listOrdered, type OrderedCount } from '#lib/table/ordered-count.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** The logs of a schedule in the order of time: no counted set of random ids could page them. */
export const logCount = (scope: EventScope, schedule: number): OrderedCount => ({
  rows: keys.scheduleLogs(scope, schedule),
  segments: keys.scheduleLogSegments(scope, schedule),
})

/** Logs of the schedule by time in, then id. */
export const listLogs = (
  scope: EventScope,
  schedule: number,
  wanted: PageWanted,
): Promise<Page<UsageLog>> => listOrdered<UsageLog>(scope, logCount(scope, schedule), wanted)

/** All stays of one user in the schedule, by time in. */
export async function staysOf(scope: EventScope, schedule: number, user: number): Promise<Stay[]> {
  const { pk, sk: from } = keys.scheduleStay(scope, schedule, user, '')
  const rows = await queryRows<StayRow>(scope, { pk, from, to: `${from}~` })
  return rows.flatMap(staysIn)
}
