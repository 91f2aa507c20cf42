import type { Export } from '#lib/model/export.ts'
import { csvOf } from '#lib/wire/exported/cells.ts'
import { exported, type Source } from './kinds.ts'

/** A piece of the file, and how many rows are in it. */
export type Piece = { bytes: Buffer; rows: number }

/** Two rows that were read one after the other fit no table: it is begun anew. */
class ColumnsChanged extends Error {}

/** The file piece by piece, of which none is kept. */
export const piecesOf = (
  { what, format }: Pick<Export, 'what' | 'format'>,
  source: Source,
): AsyncGenerator<Piece> => (format === 'ndjson' ? lines(what, source) : table(what, source))

async function* lines(what: Export['what'], source: Source): AsyncGenerator<Piece> {
  for await (const page of exported[what].pages(source)) {
    const text = page.map(({ json }) => `${JSON.stringify(json())}\n`).join('')
    yield { bytes: Buffer.from(text), rows: page.length }
  }
}

/** With a byte-order mark: spreadsheets read a saved file without one as ANSI, and garble every umlaut. */
async function* table(what: Export['what'], source: Source): AsyncGenerator<Piece> {
  const columns = yield* columnsOf(what, source)
  const isKnown = new Set(columns)
  yield { bytes: Buffer.from(`\ufeff${csvOf([columns])}`), rows: 0 }
  for await (const page of exported[what].pages(source)) {
    const rows = page.map(({ cells }) => {
      const row = cells()
      if (!exported[what].isOpen) return columns.map((name) => row[name] ?? '')
      if (Object.keys(row).some((name) => !isKnown.has(name))) throw new ColumnsChanged()
      return columns.map((name) => row[name] ?? '')
    })
    yield { bytes: Buffer.from(csvOf(rows)), rows: rows.length }
  }
}

/** Which columns there are is known when everything was read once; empty pieces tell meanwhile that it goes on. */
async function* columnsOf(what: Export['what'], source: Source): AsyncGenerator<Piece, string[]> {
  const { columns, isOpen = false, pages } = exported[what]
  const more = new Set<string>()
  if (isOpen) {
    for await (const page of pages(source)) {
      for (const { cells } of page) for (const name of Object.keys(cells())) more.add(name)
      yield { bytes: Buffer.alloc(0), rows: 0 }
    }
  }
  for (const name of columns) more.delete(name)
  return [...columns, ...[...more].sort()]
}
