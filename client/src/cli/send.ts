import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { reportOf } from '../batch.ts'
import type { BatchReport, Batch as LaterBatch } from '../generated/types.gen.ts'
import type { Plenary } from '../plenary.ts'
import type { Batch } from './batches.ts'

export type Report = BatchReport

type Sending = {
  url: string
  event: string
  dryRun: boolean
  query: Record<string, string | undefined>
  /** In whose ids the rows speak. */
  ids?: string
  batch: Batch
  /** Names this import: a batch that it sends again is answered as it was. */
  run: string
}

/** Rows that the server had no time for are sent again so often. */
const tries = 8
const isBusy = ({ code = 0 }: Report['rows'][number]) => Math.floor(code / 10_000) >= 500

/** Sends a batch, again as long as the server is too busy for some of its rows. */
export async function sendBatch(client: Plenary, sending: Sending): Promise<Report> {
  const { url, event, dryRun, query, batch, run, ids } = sending
  for (let attempt = 1; ; attempt += 1) {
    const { data } = await client.post({
      url,
      path: { event },
      query: { ...present(query), ...(dryRun && { dry_run: 'true' }) },
      headers: {
        'content-type': batch.type,
        'idempotency-key': keyOf(run, batch, attempt),
        ...(ids && { ext_id_system: ids }),
      },
      body: batch.body,
      bodySerializer: null,
    })
    const report = await reportOf(client, data as BatchReport | LaterBatch, { event })
    if (attempt === tries || !report.rows.some(isBusy)) return report
    await sleep(500 * attempt)
  }
}

const present = (query: Sending['query']) =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))

const keyOf = (run: string, { first, body }: Batch, attempt: number): string =>
  createHash('sha256').update(`${run}\n${first}\n${attempt}\n${body}`).digest('base64url')
