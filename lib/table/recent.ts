import type { Key } from './keys.ts'
import { getRows } from './query.ts'
import type { Scope } from './scope.ts'

/** So long a row may be shown as it was. */
const recentMs = 1_000
const mostKept = 10_000

type Kept = { row?: Key; since: number }
const kept = new Map<string, Kept>()

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`

/**
 * Rows by key as they were at most a second ago: what crowds are shown again and again. Whatever this process writes is
 * read anew.
 */
export async function getRecentRows<T extends Key>(scope: Scope, wanted: Key[]): Promise<T[]> {
  const now = performance.now()
  const isRecent = (key: Key) => {
    const known = kept.get(nameOf(key))
    return known?.row !== undefined && now - known.since < recentMs
  }
  const rows = await getRows<T>(
    scope,
    wanted.filter((key) => !isRecent(key)),
  )
  for (const row of rows) keep(nameOf(row), { row, since: now })
  const read = new Map(rows.map((row) => [nameOf(row), row]))
  return wanted.flatMap((key) => {
    const row = read.get(nameOf(key)) ?? (isRecent(key) ? kept.get(nameOf(key))?.row : undefined)
    return row ? [row as T] : []
  })
}

/** What was written since it was read stays unknown. */
function keep(name: string, one: Kept): void {
  if (kept.size > mostKept) kept.clear()
  const known = kept.get(name)
  if (!known || known.since <= one.since) kept.set(name, one)
}

/** Rows that were written just now, or may have been. */
export function forgetRows(keys: Key[]): void {
  if (kept.size === 0) return
  const since = performance.now()
  for (const key of keys) keep(nameOf(key), { since })
}
