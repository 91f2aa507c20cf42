import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createExport, getExport } from '../generated/sdk.gen.ts'
import type { ExportInput } from '../generated/types.gen.ts'
import { connection } from './login.ts'
import { Refusal } from './refusal.ts'

const options = {
  event: { type: 'string' },
  format: { type: 'string', default: 'csv' },
  output: { type: 'string', short: 'o' },
} as const

const kinds = 'people|sessions|attendance|checkins|usage_logs|meetings|changes'
const usage = `plenary export <${kinds}> --event EVENT [--format csv|ndjson]`

/** Has the server write a file of all people, sessions, … of an event, and fetches it, whatever its size. */
export async function exportRows(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [kind = ''] = positionals
  const { event, format, output } = values
  if (!event || !kinds.split('|').includes(kind) || !/^(csv|ndjson)$/.test(format))
    throw new Refusal(usage)
  const url = await written(event, { kind, format } as ExportInput)
  const answer = await fetch(url)
  if (!answer.ok || !answer.body) throw new Refusal(`The file is not there (${answer.status}).`)
  const bytes = Readable.fromWeb(answer.body as ReadableStream)
  // The standard output stays open for whoever else writes to it; who reads it may have had enough (`| head`).
  const out = output ? createWriteStream(output) : process.stdout
  await pipeline(bytes, out, { end: Boolean(output) }).catch((error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  })
}

/** The address of the file, once it is there. */
async function written(event: string, body: ExportInput): Promise<string> {
  const { client } = connection()
  const at = { client, throwOnError: true } as const
  const { data: made } = await createExport({ ...at, path: { event }, body })
  for (let pauseMs = 200; ; pauseMs = Math.min(2_000, pauseMs * 2)) {
    await sleep(pauseMs)
    const path = { event, export_id: made.export_id }
    const { data } = await getExport({ ...at, path })
    if (data.url) return data.url
    if (data.status === 'failed') throw new Refusal(data.failure ?? 'The export failed.')
  }
}
