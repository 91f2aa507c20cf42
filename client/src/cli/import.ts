import { parseArgs } from 'node:util'
import { batches } from './batches.ts'
import { connection } from './login.ts'
import { startProgress } from './progress.ts'
import { Refusal } from './refusal.ts'
import { openRefused } from './refused.ts'
import { openPlace } from './resume.ts'
import { openRows } from './rows.ts'
import { sendBatch } from './send.ts'

const options = {
  event: { type: 'string' },
  into: { type: 'string' },
  key: { type: 'string' },
  mode: { type: 'string' },
  encoding: { type: 'string' },
  ids: { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const

/** Several batches are on their way at a time; they end in any order, and are noted in theirs. */
const lanes = 3

/**
 * Imports a file. What is refused goes into a file beside it, with the reason, to be mended and imported again; where an
 * import was interrupted, the same command goes on.
 */
export async function importRows(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [file] = positionals
  const { event, into = 'people', 'dry-run': dryRun = false, encoding, ids, ...query } = values
  if (!file || !event) throw new Refusal('plenary import <file> --event EVENT')
  const { client } = connection()
  const url = addressOf(into)
  const rows = await openRows(file, encoding)
  const place = openPlace(file, { event, into, dryRun, ids, ...query })
  const refused = openRefused(file, rows, place.rows)
  const progress = startProgress(place.rows)
  const sending = { url, event, dryRun, query, run: place.run, ...(ids && { ids }) }
  const source = batches(rows, place.rows)
  const counts = { created: 0, updated: 0, unchanged: 0, failed: 0 }
  await Promise.all(
    [...Array(lanes)].map(async () => {
      for (let next = await source.next(); !next.done; next = await source.next()) {
        const batch = next.value
        const report = await sendBatch(client, { ...sending, batch })
        for (const name of ['created', 'updated', 'unchanged', 'failed'] as const)
          counts[name] += report[name]
        refused.keep(batch, report)
        place.done(batch)
        progress.add(batch.rows.length, counts.failed)
      }
    }),
  )
  progress.end()
  const rejected = refused.close()
  place.close()
  process.stdout.write(
    `${dryRun ? 'would be ' : ''}created ${counts.created}, updated ${counts.updated}, ` +
      `unchanged ${counts.unchanged}, refused ${counts.failed}${rejected && `: ${rejected}`}\n`,
  )
  if (counts.failed > 0) process.exitCode = 2
}

/** Where a batch of these rows goes. */
function addressOf(into: string): string {
  const [kind = '', of = ''] = into.split(/:(.*)/s)
  const inside = encodeURIComponent(of)
  const addresses: Record<string, string> = {
    people: 'people/resources',
    sessions: 'sessions/resources',
    tracks: 'sessions/tracks',
    ...(of && {
      members: `people/groups/${inside}/members`,
      attendees: `sessions/resources/${inside}/attendees`,
    }),
  }
  const path = Object.hasOwn(addresses, kind) ? addresses[kind] : undefined
  if (path) return `/events/{event}/${path}/batch`
  throw new Refusal('--into takes people, sessions, tracks, members:GROUP or attendees:SESSION.')
}
