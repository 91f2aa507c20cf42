import { parse } from 'csv-parse/sync'
import { ApiError } from '#lib/base/errors.ts'
import type { Fields } from '#lib/http/body.ts'
import type { SentRow } from './row.ts'

/** Puts the text of a cell into the fields of its row. */
export type WriteCell = (fields: Fields, text: string) => void
/** How the cells of a column are read, by its name; undefined when no field has it. */
export type ReadColumn = (name: string) => WriteCell | undefined

/**
 * The rows of a CSV text (RFC 4180, or as spreadsheets write it: with `;` or tabs, a byte-order mark, `sep=;` in front).
 * The first line names the columns; an empty cell says nothing of its field. A `'` that keeps a spreadsheet from running
 * a cell as a formula is taken off.
 */
export function csvRows(text: string, column: ReadColumn): SentRow[] {
  const [, said, rest = text] = /^sep=(.)\r?\n([\s\S]*)$/.exec(text) ?? []
  const [names = [], ...lines] = cellsOf(rest, said ?? delimiterOf(rest))
  const width = names.findLastIndex((name) => name.trim() !== '') + 1
  const writers = names.slice(0, width).map((name) => writerOf(name.trim(), column))
  refuseRepeated(names.slice(0, width))
  return lines.map((cells) => rowOf(cells, writers))
}

/** A header that somebody has put in front may end otherwise than the lines of the spreadsheet. */
const lineEnds = ['\r\n', '\n', '\r']

const delimiters = [';', ',', '\t'] as const

/** What the first line holds most of, outside quotes. */
function delimiterOf(text: string): string {
  const line = text.replaceAll(/"(?:[^"]|"")*"/g, '').split(/\r?\n/, 1)[0] ?? ''
  const count = (one: string) => line.split(one).length
  return delimiters.reduce<string>((best, one) => (count(one) > count(best) ? one : best), ',')
}

function cellsOf(text: string, delimiter: string): string[][] {
  try {
    return parse(text, {
      delimiter,
      record_delimiter: lineEnds,
      relax_column_count: true,
      skip_empty_lines: true,
    })
  } catch (error) {
    const lines = (error as { lines?: number }).lines
    const where = lines === undefined ? '' : ` near line ${lines}`
    const message = `The CSV cannot be read${where}: a quote is missing, or stands in the middle of a cell.`
    throw new ApiError('invalid_csv', { field: '', message })
  }
}

function writerOf(name: string, column: ReadColumn): WriteCell {
  const write = column(name)
  if (write) return write
  const message = name === '' ? 'A column has no name.' : 'There is no such field.'
  throw new ApiError('unknown_field', { field: name, errors: [{ field: name, message }], message })
}

function refuseRepeated(names: string[]): void {
  const twice = names.find((name, n) => names.indexOf(name) !== n)
  if (twice === undefined) return
  const message = 'Two columns have this name.'
  throw new ApiError('invalid_csv', { field: twice, message, errors: [{ field: twice, message }] })
}

function rowOf(cells: string[], writers: WriteCell[]): SentRow {
  const stray = cells.slice(writers.length).find((cell) => cell.trim() !== '')
  if (stray !== undefined || cells.length < writers.length) {
    const message = `Expected ${writers.length} cells, as in the first line; here are ${cells.length}.`
    return new ApiError('invalid_csv', { field: '', message })
  }
  const fields: Fields = {}
  writers.forEach((write, n) => {
    const text = (cells[n] ?? '').replace(/^'(?='*[=+\-@\t\r＝＋－＠])/, '')
    if (text.trim() !== '') write(fields, text)
  })
  return fields
}
