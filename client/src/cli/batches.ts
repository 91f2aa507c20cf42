import { stringify } from 'csv-stringify/sync'
import { type Rows, reasonColumn } from './rows.ts'

/** Up to 1,000 rows, as they are sent: the first is row `first` of the file, counted from 1. */
export type Batch = {
  first: number
  rows: (string[] | string)[]
  type: string
  body: string
}

const mostRows = 1000
/** The gateway carries NDJSON in base64: these many characters fit in any case. */
const mostLength = 1_500_000

/** The rows of a file in batches, those before `from` (a number of rows) left out. */
export async function* batches(file: Rows, from: number): AsyncGenerator<Batch> {
  let some: (string[] | string)[] = []
  let [length, seen] = [0, 0]
  for await (const row of file.rows as AsyncIterable<string[] | string>) {
    seen += 1
    if (seen <= from) continue
    const size = typeof row === 'string' ? row.length : row.join().length
    if (some.length === mostRows || (some.length > 0 && length + size > mostLength)) {
      yield batchOf(file, some, seen - some.length)
      some = []
      length = 0
    }
    some.push(row)
    length += size
  }
  if (some.length > 0) yield batchOf(file, some, seen - some.length + 1)
}

function batchOf(file: Rows, rows: Batch['rows'], first: number): Batch {
  if (file.form === 'ndjson') {
    const lines = (rows as string[]).map(withoutReason)
    return { first, rows, type: 'application/x-ndjson', body: lines.join('\n') }
  }
  const kept = file.names.flatMap((name, n) => (name === reasonColumn ? [] : [n]))
  const table = [file.names, ...(rows as string[][])].map((cells) =>
    kept.map((n) => cells[n] ?? ''),
  )
  return { first, rows, type: 'text/csv', body: stringify(table) }
}

function withoutReason(line: string): string {
  if (!line.includes(reasonColumn)) return line
  try {
    const { [reasonColumn]: _, ...rest } = JSON.parse(line)
    return JSON.stringify(rest)
  } catch {
    return line
  }
}
