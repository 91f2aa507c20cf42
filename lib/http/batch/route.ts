import * as v from 'valibot'
import { ApiError, codeOf, type ErrorName } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { ok, write } from '#lib/http/answer.ts'
import { isKept } from '#lib/http/attempt.ts'
import type { Schema } from '#lib/http/body.ts'
import { refusalOf } from '#lib/http/failure.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { commit } from '#lib/table/transact.ts'
import type { ReadColumn } from './csv.ts'
import type { BatchKey } from './known-by.ts'
import type { RowResult, SentRow } from './row.ts'
import { batchTypes, sentRows } from './rows.ts'
import type { Batch, Mode } from './run.ts'

const modes = ['upsert', 'create', 'update'] as const
const text = v.string()
const count = v.number()
const BatchAnswer = v.object({
  dry_run: v.boolean(),
  record_number: count,
  created: count,
  updated: count,
  unchanged: count,
  failed: count,
  rows: v.array(
    v.object({
      row: count,
      status: v.picklist(['created', 'updated', 'unchanged', 'failed']),
      id: v.optional(text),
      code: v.optional(count),
      message: v.optional(text),
      errors: v.optional(v.array(v.object({ field: text, message: text }))),
    }),
  ),
})

type Spec = Pick<Route, 'id' | 'path' | 'tag' | 'summary' | 'right' | 'example'> & {
  /** What one row may hold, and the name under which the documents wrap it. */
  row: Schema
  wrapper?: string
  keys: readonly BatchKey[]
  errors?: ErrorName[]
  columns: (call: EventCall) => Promise<ReadColumn>
  run: (batch: Batch, rows: SentRow[]) => Promise<RowResult[]>
}

/** A route that takes many rows at once and says of each what became of it (docs/behaviour/requests.md, Batches). */
export const batchRoute = ({ row, wrapper, keys, columns, run, ...spec }: Spec): Route =>
  eventRoute({
    ...spec,
    method: 'post',
    query: {
      mode: v.optional(v.picklist(modes, `Expected ${modes.join(', ')}.`)),
      key: v.optional(v.picklist(keys, `Expected ${keys.join(', ')}.`)),
      dry_run: v.optional(v.picklist(['true', 'false'], 'Expected true or false.')),
    },
    body: {
      schema: v.strictObject({ rows: v.pipe(v.array(row), v.maxLength(limits.batchRows.value)) }),
      raw: batchTypes,
    },
    returns: BatchAnswer,
    // The second is told of a row.
    errors: ['invalid_csv', 'repeated_row', ...(spec.errors ?? [])],
    handle: async (call) => {
      const { mode = 'upsert', key, dry_run } = call.query as Query
      const trial = dry_run === 'true'
      const rows = await sentRows(call.request, wrapper, () => columns(call as EventCall))
      const answer = (results: RowResult[]) => ok(printReport(trial, results))
      return write(call, answer, async (scope) => {
        const { recording, ...plain } = scope
        const own = { ...plain, byName: true, ...(trial && { trial }) }
        const batch = { call: call as EventCall, scope: own, mode, ...(key && { key }) }
        const results = await run(batch, rows)
        return isKept(recording, results) ? commit(scope, [], results) : results
      })
    },
  })

type Query = { mode?: Mode; key?: BatchKey; dry_run?: 'true' | 'false' }

function printReport(dry_run: boolean, results: RowResult[]) {
  const rows = results.map((result, n) => ({ row: n + 1, ...printResult(result) }))
  const having = (status: string) => rows.filter((row) => row.status === status).length
  return {
    dry_run,
    record_number: rows.length,
    created: having('created'),
    updated: having('updated'),
    unchanged: having('unchanged'),
    failed: having('failed'),
    rows,
  }
}

function printResult(result: RowResult) {
  if (!(result instanceof ApiError)) return result
  const { message, errors } = refusalOf(result, '')
  return { status: 'failed', code: codeOf(result.reason), message, errors }
}
