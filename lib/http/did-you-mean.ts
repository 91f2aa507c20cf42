import type * as v from 'valibot'

type Inner = { entries?: Record<string, Schema>; item?: Schema; wrapped?: Schema; pipe?: Schema[] }
type Schema = v.GenericSchema & Inner & { options?: Schema[] }

/** ` Did you mean “…”?` for a field that is one or two slips from one that the schema knows there; else nothing. */
export function didYouMean(schema: v.GenericSchema, path: readonly unknown[]): string {
  return nearest(String(path.at(-1) ?? ''), entriesAt(schema as Schema, path.slice(0, -1)))
}

/** The same for a name among those that are known. */
export function nearest(sent: string, known: string[]): string {
  if (sent.length > 60) return ''
  const near = known
    .map((name) => ({ name, slips: slipsBetween(bare(sent), bare(name)) }))
    .filter(({ name, slips }) => slips <= (name.length > 5 ? 2 : 1))
    .sort((a, b) => a.slips - b.slips)[0]
  return near ? ` Did you mean “${near.name}”?` : ''
}

/** `firstName`, `first-name` and `First_Name` are slips of one another. */
const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')

function entriesAt(schema: Schema, path: readonly unknown[]): string[] {
  const inner = schema.wrapped ?? (schema.entries || schema.item ? undefined : schema.pipe?.[0])
  if (inner && inner !== schema) return entriesAt(inner, path)
  if (schema.options) return schema.options.flatMap((one) => entriesAt(one, path))
  const [key, ...rest] = path
  if (key === undefined) return Object.keys(schema.entries ?? {})
  const next = typeof key === 'number' ? schema.item : schema.entries?.[String(key)]
  return next ? entriesAt(next, rest) : []
}

/** Letters to put in, take out, change or swap (Damerau-Levenshtein). */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let [before, last] = [[] as number[], [...Array(b.length + 1).keys()]]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const costs = [at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1)]
      row.push(Math.min(...costs, swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY))
    }
    ;[before, last] = [last, row]
  }
  return at(last, b.length)
}

const at = (row: number[], n: number): number => row[n] ?? Number.POSITIVE_INFINITY
