import { stringify } from 'csv-stringify/sync'
import type { CustomValue } from '#lib/model/person.ts'

/** The cells of a row by the names of their columns; what is not there is empty. */
export type Cells = Record<string, string>

type Value = string | number | boolean | null | undefined | string[]

/** Items of a list with `;` between them; as JSON where one of them holds a `;` itself. */
const listText = (items: string[]): string =>
  items.some((item) => /;|^\s|\s$|^\[/.test(item) || item === '')
    ? JSON.stringify(items)
    : items.join(';')

const textOf = (value: Value): string => {
  if (Array.isArray(value)) return listText(value)
  return value === null || value === undefined ? '' : String(value)
}

export const cellsOf = (values: Record<string, Value>): Cells =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]))

/** A column for each system. */
export const externalCells = (ids: { system: string; id: string }[]): Cells =>
  Object.fromEntries(ids.map(({ system, id }) => [`external_ids.${system}`, id]))

const typeOf = (value: CustomValue): string => {
  if (Array.isArray(value)) return '#list'
  return typeof value === 'string' ? '' : `#${typeof value}`
}

/** A column for each custom field; what is no text is in a column of its own that says so, and comes back as it was. */
export const customCells = (values: Record<string, CustomValue>): Cells =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`custom.${key}${typeOf(value)}`, textOf(value)]),
  )

/**
 * Rows as CSV (RFC 4180: CRLF). Text that a spreadsheet would run as a formula gets a `'` in front, and one more where it
 * begins with some already, so that taking one off gives what there was.
 */
export const csvOf = (rows: string[][]): string =>
  stringify(
    rows.map((row) => row.map(escaped)),
    { record_delimiter: 'windows', quoted_match: /[\r\n]/ },
  )

const escaped = (text: string): string => (/^'*[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text)
