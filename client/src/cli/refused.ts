import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { stringify } from 'csv-stringify/sync'
import type { Batch } from './batches.ts'
import { type Rows, reasonColumn } from './rows.ts'
import type { Report } from './send.ts'

/** Keeps refused rows in a file beside the imported one, each with its reason, in a form that can be imported again. */
export function openRefused(file: string, rows: Rows, from: number) {
  const path = `${file === '-' ? 'import' : file.replace(/\.\w+$/, '')}.refused.${rows.form}`
  const isNew = from === 0
  if (isNew && existsSync(path)) rmSync(path)
  const names = rows.form === 'csv' ? rows.names.filter((name) => name !== reasonColumn) : []
  let isBegun = !isNew && existsSync(path)
  const keep = (batch: Batch, report: Report) => {
    const lines = report.rows.flatMap(({ row, status, message = '', errors = [] }) => {
      if (status !== 'failed') return []
      const [first] = errors
      const reason = first?.field ? `${first.field}: ${first.message}` : (first?.message ?? message)
      return [[batch.rows[row - 1] ?? '', reason] as const]
    })
    if (lines.length === 0) return
    if (!isBegun)
      writeFileSync(path, rows.form === 'csv' ? stringify([[...names, reasonColumn]]) : '')
    isBegun = true
    appendFileSync(path, lines.map(([row, reason]) => printed(rows, row, reason)).join(''))
  }
  return { keep, close: () => (isBegun ? path : '') }
}

function printed(file: Rows, row: string[] | string, reason: string): string {
  if (file.form === 'ndjson') return `${withReason(String(row), reason)}\n`
  const cells = file.names.flatMap((name, n) => (name === reasonColumn ? [] : [row[n] ?? '']))
  return stringify([[...cells, reason]])
}

/** What is no JSON is kept as it is. */
function withReason(line: string, reason: string): string {
  try {
    return JSON.stringify({ ...JSON.parse(line), [reasonColumn]: reason })
  } catch {
    return line
  }
}
