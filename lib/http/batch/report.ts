import * as v from 'valibot'
import { ApiError, codeOf } from '#lib/base/errors.ts'
import { refusalOf } from '#lib/http/failure.ts'
import type { RowResult } from './row.ts'

const text = v.string()
const count = v.number()

/** What became of the rows of a batch. */
export const BatchAnswer = v.object({
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

/** The report on a batch; each row by its place, from 1. */
export function printReport(dry_run: boolean, results: RowResult[]) {
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
  return { status: 'failed' as const, code: codeOf(result.reason), message, errors }
}
