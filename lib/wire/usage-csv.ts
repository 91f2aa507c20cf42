import { stringify } from 'csv-stringify/sync'
import { formatInstant } from '#lib/base/time.ts'
import type { Usage } from '#lib/model/usage.ts'

/** What the table says beside numbers; an id that is not in a map is printed without text. */
export type UsageNames = {
  users: ReadonlyMap<number, { email: string; name?: string | null }>
  groups: ReadonlyMap<number, string>
}

/**
 * The usage per user as CSV (RFC 4180: CRLF, UTF-8, one header line), times in the event's zone. It starts with a
 * byte-order mark: spreadsheets read a saved file without one as ANSI, and garble every umlaut. Text that a spreadsheet would run as a formula gets a `'` in front.
 */
export function usageCsv(usage: Usage, names: UsageNames, zone: string): string {
  const rows = usage.users.map((row) => ({
    event_group_user_id: row.user,
    email: names.users.get(row.user)?.email ?? '',
    name: names.users.get(row.user)?.name ?? '',
    event_group_id: row.group,
    event_group: names.groups.get(row.group) ?? '',
    seconds: row.seconds,
    duration: durationOf(row.seconds),
    first_in: formatInstant(row.firstIn, zone),
    last_out: formatInstant(row.lastOut, zone),
    logs: row.logs,
  }))
  return stringify(rows, {
    bom: true,
    header: true,
    columns,
    escape_formulas: true,
    record_delimiter: 'windows',
  })
}

const columns = [
  'event_group_user_id',
  'email',
  'name',
  'event_group_id',
  'event_group',
  'seconds',
  'duration',
  'first_in',
  'last_out',
  'logs',
]

/** Seconds as `H:MM:SS`, hours unbounded, as people write them into bills. */
export function durationOf(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
