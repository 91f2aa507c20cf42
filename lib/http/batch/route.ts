import * as v from 'valibot'
import type { ErrorName } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { ok, write } from '#lib/http/answer.ts'
import { isKept } from '#lib/http/attempt.ts'
import type { Schema } from '#lib/http/body.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import type { Batch as StoredBatch } from '#lib/model/batch.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import type { ReadColumn } from './csv.ts'
import type { BatchKey } from './known-by.ts'
import { carryOnLater, LaterAnswer, printLater, sureOf } from './later.ts'
import { BatchAnswer, printReport } from './report.ts'
import type { RowResult, RowResults, SentRow } from './row.ts'
import { batchTypes, sentRows } from './rows.ts'
import type { Batch, Mode } from './run.ts'

const modes = ['upsert', 'create', 'update'] as const

type Spec = Pick<Route, 'id' | 'path' | 'tag' | 'summary' | 'right' | 'example'> & {
  /** What one row may hold, and the name under which the documents wrap it. */
  row: Schema
  wrapper?: string
  keys: readonly BatchKey[]
  errors?: ErrorName[]
  columns: (call: EventCall) => Promise<ReadColumn>
  run: (batch: Batch, rows: SentRow[]) => Promise<RowResults>
}

/** A batch as it goes on behind its answer: in the call of whoever sent it. */
export type CarryOn = (
  call: EventCall,
  rows: SentRow[],
  so: Pick<Batch, 'known' | 'job'>,
) => Promise<RowResults>
export type BatchRoute = Route & { carryOn: CarryOn }

const later = {
  description:
    'The request had no time for all rows: the rest goes on behind this answer, and the report is at `url` when `status` is `done`.',
  schema: LaterAnswer,
}

/** A route that takes many rows at once and says of each what became of it (docs/behaviour/requests.md, Batches). */
export function batchRoute({ row, wrapper, keys, columns, run, ...spec }: Spec): BatchRoute {
  const carryOn = (call: EventCall, scope: EventScope, batch: Resumed): Promise<RowResults> => {
    const { mode = 'upsert', key } = call.query as Query
    const { rows, ...so } = batch
    const own = { ...scope, byName: true, ...(isTrial(call) && { trial: true }) }
    return run({ call, scope: own, mode, ...(key && { key }), ...so }, rows)
  }
  const route = eventRoute({
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
    later,
    // The second is told of a row.
    errors: ['invalid_csv', 'repeated_row', ...(spec.errors ?? [])],
    handle: async (sent) => {
      const call = sent as EventCall
      const rows = await sentRows(call.request, wrapper, () => columns(call))
      const answer = (made: RowResult[] | StoredBatch) =>
        Array.isArray(made)
          ? ok(printReport(isTrial(call), made))
          : { status: 202, body: printLater(call.view, { batch: made }) }
      return write(call, answer, async (scope) => {
        const { recording, ...plain } = scope
        const results = await carryOn(call, plain, { rows, known: [] })
        if (isWhole(results))
          return isKept(recording, results) ? commit(scope, [], results) : results
        return carryOnLater(call, scope, { route: spec.id, rows, results: sureOf(results) })
      })
    },
  })
  return {
    ...route,
    carryOn: (call, rows, so) => carryOn(call, call.scope, { rows, ...so }),
  }
}

type Query = { mode?: Mode; key?: BatchKey; dry_run?: 'true' | 'false' }
type Resumed = Pick<Batch, 'known' | 'job'> & { rows: SentRow[] }

/** Whether there was time for every row. */
const isWhole = (results: RowResults): results is RowResult[] =>
  results.every((one) => one !== undefined)

const isTrial = ({ query }: EventCall): boolean => (query as Query).dry_run === 'true'
