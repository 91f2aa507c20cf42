import type { Key } from './keys.ts'
import { getRows } from './query.ts'
import type { Scope } from './scope.ts'

/** So long a row may be shown as it was. */
const recentMs = 1_000
/** A row has up to 64 KB. */
const mostKept = 500

type Kept = { row: Key; until: number }
const kept = new Map<string, Kept>()
/** For each reading that is under way, what was written meanwhile: nobody knows whether it came before or after. */
const readings = new Set<Set<string>>()

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`

/**
 * Rows by key as they were at most a second ago: what crowds are shown again and again. Whatever this process writes is
 * read anew.
 */
export async function getRecentRows<T extends Key>(scope: Scope, wanted: Key[]): Promise<T[]> {
  const now = performance.now()
  const rows = new Map<string, Key>()
  for (const name of wanted.map(nameOf)) {
    const known = kept.get(name)
    if (known && known.until > now) rows.set(name, known.row)
  }
  const written = new Set<string>()
  readings.add(written)
  try {
    const missing = wanted.filter((key) => !rows.has(nameOf(key)))
    for (const row of await getRows<T>(scope, missing)) {
      const name = nameOf(row)
      rows.set(name, row)
      if (!written.has(name)) keep(name, { row, until: now + recentMs })
    }
  } finally {
    readings.delete(written)
  }
  return wanted.flatMap((key) => (rows.get(nameOf(key)) as T | undefined) ?? [])
}

function keep(name: string, one: Kept): void {
  if (kept.size >= mostKept) kept.clear()
  kept.set(name, one)
}

/** Rows that were written just now, or may have been. */
export function forgetRows(keys: Key[]): void {
  if (kept.size + readings.size === 0) return
  for (const name of keys.map(nameOf)) {
    kept.delete(name)
    for (const written of readings) written.add(name)
  }
}
