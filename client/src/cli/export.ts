import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { stringify } from 'csv-stringify/sync'
import {
  listPeople,
  listPeopleFields,
  listSessionFields,
  listSessions,
} from '../generated/sdk.gen.ts'
import { pages } from '../pages.ts'
import type { Plenary } from '../plenary.ts'
import { type Fields, flat } from './flat.ts'
import { connection } from './login.ts'
import { Refusal } from './refusal.ts'

const options = {
  event: { type: 'string' },
  format: { type: 'string', default: 'csv' },
  output: { type: 'string', short: 'o' },
} as const

type From = { client: Plenary; kind: string; event: string }
type Write = (text: string) => Promise<void>

/**
 * Writes people or sessions: as CSV that can be imported into any event, or as NDJSON, a line each as GET gives it. Goes
 * page by page, whatever their number.
 */
export async function exportRows(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [kind = ''] = positionals
  const { event, format, output } = values
  if (!event || !/^(people|sessions)$/.test(kind) || !/^(csv|ndjson)$/.test(format))
    throw new Refusal('plenary export <people|sessions> --event EVENT [--format csv|ndjson]')
  const out: Writable = output ? createWriteStream(output) : process.stdout
  const write: Write = async (text) => {
    if (!out.write(text)) await new Promise<void>((resolve) => out.once('drain', resolve))
  }
  const from = { client: connection().client, kind, event }
  await (format === 'csv' ? writeCsv(from, write) : writeLines(from, write))
  if (output) await new Promise<void>((resolve) => out.end(resolve))
}

async function writeLines(from: From, write: Write): Promise<void> {
  for await (const page of pagesOf(from))
    await write(page.map((row) => `${JSON.stringify(row)}\n`).join(''))
}

/** Read twice: what columns there are is known at the end. */
async function writeCsv(from: From, write: Write): Promise<void> {
  const fields = await fieldsOf(from)
  const names = new Set<string>()
  for await (const page of pagesOf(from)) {
    for (const row of page) for (const name of Object.keys(flat(row, fields))) names.add(name)
  }
  const columns = [...names].sort()
  const escaped = { escape_formulas: true, record_delimiter: 'windows' } as const
  await write(`\ufeff${stringify([columns], escaped)}`)
  for await (const page of pagesOf(from)) {
    const table = page.map((row) => {
      const cells = flat(row, fields)
      return columns.map((name) => cells[name] ?? '')
    })
    await write(stringify(table, escaped))
  }
}

async function fieldsOf({ client, kind, event }: From): Promise<Fields> {
  const list = kind === 'people' ? listPeopleFields : listSessionFields
  const { data } = await list({ client, path: { event }, throwOnError: true })
  return new Map(data.map(({ custom_field_id, field_name }) => [custom_field_id, field_name]))
}

function pagesOf({ client, kind, event }: From): AsyncGenerator<Record<string, unknown>[]> {
  const at = { client, path: { event }, throwOnError: true } as const
  return kind === 'people'
    ? pages((query) => listPeople({ ...at, query }))
    : pages((query) => listSessions({ ...at, query }))
}
