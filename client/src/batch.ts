import { setTimeout as sleep } from 'node:timers/promises'
import { getBatch } from './generated/sdk.gen.ts'
import type { Batch, BatchReport } from './generated/types.gen.ts'
import type { Plenary } from './plenary.ts'

type Waiting = {
  /** The event's id or short code. */
  event: string
  /** The longest pause between two looks, in milliseconds. */
  mostMs?: number
}

/**
 * The report on a batch: what a route answered with, or, where its request had no time for all rows, what is read behind
 * the answer until the batch is at its end.
 */
export async function reportOf(
  client: Plenary,
  answer: BatchReport | Batch,
  { event, mostMs = 5_000 }: Waiting,
): Promise<BatchReport> {
  if (!('batch_id' in answer)) return answer
  for (let ms = 250; ; ms = Math.min(mostMs, 2 * ms)) {
    const { data } = await getBatch({ client, path: { event, batch_id: answer.batch_id } })
    if (data?.report) return data.report
    await sleep(ms)
  }
}
