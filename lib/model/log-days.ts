import { type Instant, instantOf, millisOf } from '#lib/base/time.ts'

/**
 * All stays of one user on one UTC day are one row: an attribute per stay, named by its times, whose
 * value is the log's id. The name makes the same stay posted twice one log; the row is small enough to
 * read those of 100,000 logs at once.
 */
export type StayRow = { sk: string; ct: number } & Record<string, unknown>
export type Stay = { id: number; user: number; timeIn: number; timeOut: number }

/** The attribute of a stay: start and length in milliseconds, base 36. */
export function spanName(timeIn: Instant, timeOut: Instant): string {
  const from = millisOf(timeIn)
  return `${from.toString(36)}_${(millisOf(timeOut) - from).toString(36)}`
}

/** The stays of a row in order of time. */
export function staysIn(row: StayRow): Stay[] {
  const user = Number(row.sk.slice(0, 10))
  const found: Stay[] = []
  for (const name in row) {
    const at = name.indexOf('_')
    if (at < 0) continue
    const timeIn = Number.parseInt(name.slice(0, at), 36)
    const timeOut = timeIn + Number.parseInt(name.slice(at + 1), 36)
    found.push({ id: Number(row[name]), user, timeIn, timeOut })
  }
  return found.sort((a, b) => a.timeIn - b.timeIn || a.id - b.id)
}

/** The day whose row holds a stay that begins then. */
export const stayDay = (timeIn: Instant): string => instantOf(millisOf(timeIn)).slice(0, 10)
