import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse'
import { Refusal } from './refusal.ts'

/** A file of rows: the names of its columns (CSV), and the rows, of which one is a list of cells or a line of JSON. */
export type Rows =
  | { form: 'csv'; names: string[]; rows: AsyncIterable<string[]> }
  | { form: 'ndjson'; rows: AsyncIterable<string> }

/** The column in which refused rows say why; it is left out when they come again. */
export const reasonColumn = 'plenary_error'

/** Opens a file of rows, of which little is held in memory at a time. */
export async function openRows(path: string, encoding = 'utf-8'): Promise<Rows> {
  const bytes = path === '-' ? process.stdin : createReadStream(path)
  const text = decoded(bytes, encoding)
  const [head, rest] = await firstLine(text)
  if (/^\s*\{/.test(head)) return { form: 'ndjson', rows: linesOf(joined(head, rest)) }
  const [, said] = /^sep=(.)\r?\n/.exec(head) ?? []
  const source = joined(said ? '' : head, rest)
  const parser = parse({
    delimiter: said ?? delimiterOf(head),
    // A header that somebody has put in front may end otherwise than the lines of the spreadsheet.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
  })
  pump(source, parser)
  const rows = (parser as AsyncIterable<string[]>)[Symbol.asyncIterator]()
  const first = await rows.next()
  if (first.done) throw new Refusal('The file is empty.')
  const names: string[] = first.value.map((name) => name.trim())
  return { form: 'csv', names, rows: { [Symbol.asyncIterator]: () => rows } }
}

async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  try {
    for await (const part of bytes) yield decoder.decode(part, { stream: true })
    yield decoder.decode()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new Refusal(
      `The file is not ${encoding}: save it as UTF-8, or name its encoding (--encoding windows-1252).`,
    )
  }
}

async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string> {
  let left = ''
  for await (const part of text) {
    const lines = (left + part).split(/\r?\n/)
    left = lines.pop() ?? ''
    yield* lines.filter((line) => line.trim() !== '')
  }
  if (left.trim() !== '') yield left
}

/** The text up to the first line's end, as far as it has come, and what follows. */
async function firstLine(text: AsyncGenerator<string>): Promise<[string, AsyncGenerator<string>]> {
  let head = ''
  while (!head.includes('\n')) {
    const next = await text.next()
    if (next.done) break
    head += next.value
  }
  return [head, text]
}

async function* joined(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield head
  yield* rest
}

/** What the first line holds most of, outside quotes. */
function delimiterOf(head: string): string {
  const line = head.replaceAll(/"(?:[^"]|"")*"/g, '').split(/\r?\n/, 1)[0] ?? ''
  const count = (one: string) => line.split(one).length
  return [';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best), ',')
}

/** Writes text into a parser no faster than it is read; what goes wrong ends the parser. */
function pump(source: AsyncIterable<string>, parser: ReturnType<typeof parse>): void {
  const work = async () => {
    for await (const part of source) {
      if (!parser.write(part)) await new Promise((resolve) => parser.once('drain', resolve))
    }
    parser.end()
  }
  work().catch((error) => parser.destroy(error))
}
