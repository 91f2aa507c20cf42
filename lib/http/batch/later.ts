import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import type { EventCall } from '#lib/http/route.ts'
import type { Batch as StoredBatch } from '#lib/model/batch.ts'
import { createBatch } from '#lib/store/batches/batches.ts'
import { reserveMs } from '#lib/store/late.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type Presentation, printTime } from '#lib/wire/presentation.ts'
import { BatchAnswer, printReport } from './report.ts'
import { asText, type RowResult, type RowResults, type SentRow } from './row.ts'

const time = v.union([v.string(), v.number()])

/** A batch that goes on behind its answer: how far it is, and at its end the report. */
export const LaterAnswer = v.object({
  batch_id: v.string(),
  status: v.picklist(['running', 'done', 'failed']),
  url: v.string(),
  record_number: v.number(),
  done_number: v.number(),
  created: time,
  finished: v.nullable(time),
  expires: v.nullable(time),
  failure: v.nullable(v.string()),
  report: v.nullable(BatchAnswer),
})

/** The same for the wire; `results`: of a batch at its end. */
export const printLater = (
  view: Presentation,
  { batch, results }: { batch: StoredBatch; results?: RowResult[] },
) => ({
  batch_id: batch.id,
  status: batch.status,
  url: `${batch.path.replace(/(\/events\/[^/]+)\/.*$/, '$1')}/batches/${batch.id}`,
  record_number: batch.rows,
  done_number: batch.done,
  created: printTime(view, batch.createdAt),
  finished: batch.finishedAt === undefined ? null : printTime(view, batch.finishedAt),
  expires: batch.expiresAt === undefined ? null : printTime(view, batch.expiresAt),
  failure: batch.failure ?? null,
  report: results ? printReport(batch.query.dry_run === 'true', results) : null,
})

/** Nobody knows of rows for which the store was too busy whether they were carried out: they are tried again. */
export const sureOf = (results: RowResults): RowResults =>
  results.map((one) => (one instanceof ApiError && one.reason === 'store_busy' ? undefined : one))

type Sent = { route: string; rows: SentRow[]; results: RowResults }

/** Has the rest of a batch carried out behind the answer, for whoever sent it. */
export function carryOnLater(
  { path, params, query, view, token }: EventCall,
  scope: EventScope,
  { route, rows, results }: Sent,
): Promise<StoredBatch> {
  const { format: times, system } = view
  const wanted = {
    route,
    path,
    params,
    query: query as Record<string, string>,
    times,
    ...(system !== undefined && { system }),
    token: token.id,
    rows: rows.length,
    done: results.filter((one) => one !== undefined).length,
  }
  // The request's time is over but for this.
  const own = { ...scope, deadline: Math.max(scope.deadline, Date.now() + reserveMs) }
  return createBatch(own, wanted, { rows: asText(rows), results: asText(results) })
}
