import { instantOf, millisOf } from '#lib/base/time.ts'
import { type StayRow, staysIn } from '#lib/model/log-days.ts'
import type { AccessGroup, GroupUser } from '#lib/model/schedule.ts'
import { type MinuteUsage, startUsage, type Usage } from '#lib/model/usage.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { allAccessGroups, allUsers } from './access-groups.ts'

export type Report = {
  usage: Usage
  users: Map<number, GroupUser>
  groups: Map<number, AccessGroup>
}

/** The usage of a schedule from its rows of stays: of 100,000 logs some 2 MB, in one query. */
export async function reportOf(scope: EventScope, schedule: number): Promise<Report> {
  const pk = keys.scheduleStays(scope, schedule)
  const [rows, users, groups] = await Promise.all([
    queryRows<StayRow>(scope, { pk }),
    allUsers(scope),
    allAccessGroups(scope),
  ])
  const byId = new Map(users.map((user) => [user.id, user]))
  const usage = startUsage(recentDays(rows))
  for (const row of rows) {
    for (const { user, timeIn, timeOut } of staysIn(row)) {
      usage.add({ user, group: byId.get(user)?.group ?? 0, in: timeIn, out: timeOut })
    }
  }
  const byGroup = new Map(groups.map((group) => [group.id, group]))
  return { usage: usage.result(), users: byId, groups: byGroup }
}

/** When the last 200 days with logs begin: what was before is added up, not drawn minute by minute. */
function recentDays(rows: StayRow[]): number {
  const days = [...new Set(rows.map(({ sk }) => sk.slice(11)))].sort()
  return millisOf(`${days.at(-200) ?? '1970-01-01'}T00:00:00.000Z`)
}

const most = 10_080
const steps = [1, 5, 15, 60, 240, 1440, 10_080]

/**
 * Concurrent users as an answer can carry them: minute by minute for a week of stays, beyond that the
 * highest minute of every 5, 15, 60 … minutes.
 */
export function concurrencyOf(minutes: MinuteUsage[]): { step: number; points: MinuteUsage[] } {
  for (const step of steps) {
    const points = step === 1 ? minutes : coarser(minutes, step)
    if (points.length <= most || step === steps.at(-1)) return { step, points }
  }
  return { step: 1, points: minutes }
}

function coarser(minutes: MinuteUsage[], step: number): MinuteUsage[] {
  const size = step * 60_000
  const peaks = new Map<number, number>()
  for (const { minute, users } of minutes) {
    const start = Math.floor(millisOf(minute) / size) * size
    peaks.set(start, Math.max(peaks.get(start) ?? 0, users))
  }
  return [...peaks].map(([start, users]) => ({ minute: instantOf(start), users }))
}
