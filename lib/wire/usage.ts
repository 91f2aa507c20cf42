import type { Instant } from '#lib/base/time.ts'
import type { Event } from '#lib/model/event.ts'
import type { Schedule } from '#lib/model/schedule.ts'
import { concurrencyOf, type Report } from '#lib/store/read/usage-report.ts'
import type { Presentation } from './presentation.ts'
import { printTime } from './presentation.ts'
import { usageChart } from './usage-chart.ts'
import { usageCsv } from './usage-csv.ts'

export type Figures = { schedule: Schedule; event: Event; report: Report }
type Counted = { seconds: number; logs: number; firstIn: Instant; lastOut: Instant }

/** The usage of a schedule as JSON; `concurrency_minutes` says how many minutes one point stands for. */
export function printUsage(view: Presentation, { schedule, event, report }: Figures) {
  const { usage, users, groups } = report
  const { step, points } = concurrencyOf(usage.concurrency)
  const { seconds, logs, firstIn, lastOut } = usage.total
  const orNull = (instant: Instant | null) => instant && printTime(view, instant)
  return {
    event_schedule_id: schedule.id,
    event_id: event.number,
    total: {
      seconds,
      logs,
      users: usage.total.users,
      first_in: orNull(firstIn),
      last_out: orNull(lastOut),
    },
    groups: usage.groups.map((row) => ({
      event_group_id: row.group,
      name: groups.get(row.group)?.name ?? '',
      users: row.users,
      ...counted(view, row),
    })),
    users: usage.users.map((row) => ({
      event_group_user_id: row.user,
      email: users.get(row.user)?.email ?? '',
      name: users.get(row.user)?.name ?? null,
      event_group_id: row.group,
      ...counted(view, row),
    })),
    concurrency_minutes: step,
    concurrency: points.map((row) => ({ minute: printTime(view, row.minute), users: row.users })),
  }
}

const counted = (view: Presentation, { seconds, logs, firstIn, lastOut }: Counted) => ({
  seconds,
  logs,
  first_in: printTime(view, firstIn),
  last_out: printTime(view, lastOut),
})

export function figuresCsv({ event, report }: Figures): string {
  const users = new Map(
    [...report.users.values()].map(({ id, email, name = null }) => [id, { email, name }]),
  )
  return usageCsv(report.usage, { users, groups: groupNames(report) }, event.dates.zone)
}

export const figuresChart = ({ event, report }: Figures): string =>
  usageChart({
    title: event.name,
    zone: event.dates.zone,
    concurrency: report.usage.concurrency,
  })

const groupNames = ({ groups }: Report): Map<number, string> =>
  new Map([...groups.values()].map(({ id, name }) => [id, name]))
