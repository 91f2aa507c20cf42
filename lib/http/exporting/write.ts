import { ApiError } from '#lib/base/errors.ts'
import { nowMillis } from '#lib/base/time.ts'
import type { Event } from '#lib/model/event.ts'
import { type Export, ended, newFileKey, renewed, renewMs } from '#lib/model/export.ts'
import type { ExportPlace } from '#lib/store/exports/due.ts'
import { note } from '#lib/store/exports/exports.ts'
import { eventAt } from '#lib/store/read/stored-event.ts'
import { deleteBlobs } from '#lib/table/blobs.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { piecesOf } from './text.ts'

type Writing = { place: ExportPlace; event: Event; scope: EventScope; deadline: number }

/**
 * Writes the file of an export that was taken, and notes that it is there. Throws a conflict when the export is somebody
 * else's by now, or gone: then there is no file.
 */
export async function writeExport(taken: Export, writing: Writing): Promise<void> {
  const { event, scope } = writing
  const file = newFileKey(scope, taken.id)
  let current = taken
  const sums = { records: 0, bytes: 0 }
  const pieces = piecesOf(taken, sourceOf(taken, writing))
  async function* counted(): AsyncGenerator<Buffer> {
    let at = nowMillis()
    for await (const { bytes, rows } of pieces) {
      if (nowMillis() - at > renewMs) {
        at = nowMillis()
        current = await note(scope, current, renewed(current, at))
      }
      sums.records += rows
      sums.bytes += bytes.length
      if (bytes.length > 0) yield bytes
    }
  }
  try {
    const { uploadFile } = await import('#lib/table/upload.ts')
    await uploadFile(file, counted(), formOf(taken, event))
    await note(scope, current, ended(current, { file, ...sums }, nowMillis()))
  } catch (error) {
    await deleteBlobs([file]).catch(() => undefined)
    throw error
  }
}

function sourceOf(taken: Export, { place, event, scope, deadline }: Writing) {
  const { system, times, createdAt } = taken
  const own = { ...(system !== undefined && { system }) }
  const view: Presentation = { zone: event.dates.zone, format: times, at: createdAt, ...own }
  const fresh = async (): Promise<EventScope> => {
    if (Date.now() >= deadline) throw new ApiError('store_busy')
    const at = await eventAt(place, deadline)
    if (!at) throw new ApiError('event_not_found')
    return { ...at.scope, ...own, deadline: scope.deadline }
  }
  return { fresh, view, event }
}

const types = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' }

const formOf = ({ what, format, createdAt }: Export, { shortCode }: Event) => ({
  type: types[format],
  name: `${shortCode}-${what}-${createdAt.slice(0, 10)}.${format}`,
})
