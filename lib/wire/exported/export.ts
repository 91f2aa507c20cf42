import * as v from 'valibot'
import { exportFormats, exportKinds } from '#lib/model/export.ts'
import type { SignedExport } from '#lib/store/exports/signed.ts'
import { type Presentation, printTime } from '#lib/wire/presentation.ts'

const statuses = ['pending', 'running', 'done', 'failed'] as const

/** What of an event is wanted, and in which form. */
export const ExportBody = v.strictObject({
  kind: v.picklist(exportKinds, `Expected ${exportKinds.join(', ')}.`),
  format: v.nullish(v.picklist(exportFormats, `Expected ${exportFormats.join(', ')}.`)),
})

const time = v.union([v.string(), v.number()])
const whole = v.pipe(v.number(), v.integer())
export const ExportAnswer = v.object({
  export_id: v.string(),
  status: v.picklist(statuses),
  kind: v.picklist(exportKinds),
  format: v.picklist(exportFormats),
  created: time,
  finished: v.nullable(time),
  record_number: v.nullable(whole),
  size: v.nullable(whole),
  url: v.nullable(v.string()),
  expires: v.nullable(time),
  failure: v.nullable(v.string()),
})

/** An export, with the address at which its file is read, if there is one. */
export const printExport = (view: Presentation, { one, url }: SignedExport) => ({
  export_id: one.id,
  status: one.status,
  kind: one.what,
  format: one.format,
  created: printTime(view, one.createdAt),
  finished: one.finishedAt === undefined ? null : printTime(view, one.finishedAt),
  record_number: one.status === 'done' ? (one.records ?? null) : null,
  size: one.status === 'done' ? (one.bytes ?? null) : null,
  url: url ?? null,
  expires: one.expiresAt === undefined ? null : printTime(view, one.expiresAt),
  failure: one.failure ?? null,
})
