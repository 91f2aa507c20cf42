import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { type Fields, isFields, parseJson } from '#lib/http/body.ts'
import { bytesOf, utf8Of } from '#lib/http/body-bytes.ts'
import { findUnsafe } from '#lib/http/inspect.ts'
import type { HttpRequest } from '#lib/http/messages.ts'
import type { ReadColumn } from './csv.ts'
import type { SentRow } from './row.ts'

export const batchTypes = ['application/x-ndjson', 'text/csv']
const ndjson = /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)$/
const json = /^application\/([a-z0-9.-]+\+)?json$/

/**
 * The rows of a batch, in the order sent: `{"rows": […]}`, a JSON object a line (NDJSON), or CSV whose columns `column`
 * reads. What cannot be cut into rows is refused as a whole; a row that cannot be read is a refusal in its place.
 */
export async function sentRows(
  request: HttpRequest,
  wrapper: string | undefined,
  column: () => Promise<ReadColumn>,
): Promise<SentRow[]> {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase())
  const bytes = await bytesOf(request, limits.batchBytes.value)
  const text = () => textOf(bytes, parameters)
  if (type === 'text/csv') {
    const { csvRows } = await import('./csv.ts')
    return counted(csvRows(text(), await column()))
  }
  if (ndjson.test(type)) return counted(linesOf(text()).map((line) => rowOf(line, wrapper)))
  if (type === '' || json.test(type))
    return counted(listOf(text()).map((value) => safe(value, wrapper)))
  const message = 'The body must be application/json, application/x-ndjson or text/csv.'
  throw new ApiError('unsupported_media_type', { message })
}

/** A spreadsheet may say that it writes another encoding than UTF-8 (`text/csv; charset=windows-1252`). */
function textOf(bytes: Uint8Array, parameters: string[]): string {
  const charset = parameters.find((one) => one.startsWith('charset='))?.slice(8)
  const label = charset?.replaceAll('"', '')
  if (!label || /^utf-?8$/.test(label)) return utf8Of(bytes)
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    const message = `The body cannot be read as ${label}: send UTF-8.`
    throw new ApiError('unsupported_media_type', { message })
  }
}

function counted(rows: SentRow[]): SentRow[] {
  const most = limits.batchRows.value
  if (rows.length === 0) throw faulty('Expected at least one row.')
  if (rows.length > most)
    throw faulty(`At most ${most} rows in one request; these are ${rows.length}.`)
  return rows
}

const faulty = (message: string) =>
  new ApiError('invalid_body', { field: 'rows', message, errors: [{ field: 'rows', message }] })

const linesOf = (text: string) => text.split(/\r?\n/).filter((line) => line.trim() !== '')

function listOf(text: string): unknown[] {
  const body = parseJson(text)
  const stray = isFields(body) ? Object.keys(body).find((name) => name !== 'rows') : undefined
  if (stray !== undefined) throw new ApiError('unknown_field', { field: stray })
  if (!isFields(body) || !Array.isArray(body.rows))
    throw faulty('Expected {"rows": [ … ]}, the objects in a list.')
  return body.rows
}

function rowOf(line: string, wrapper: string | undefined): SentRow {
  try {
    return safe(parseJson(line), wrapper)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
}

/** A row's fields, the documented wrapper around them taken off. */
function safe(value: unknown, wrapper: string | undefined): SentRow {
  const fault = findUnsafe(value)
  if (fault) {
    const { reason, field, message } = fault
    return new ApiError(reason, { field, message, errors: [{ field, message }] })
  }
  const inner = isFields(value) && wrapper && isOnly(value, wrapper) ? value[wrapper] : value
  if (isFields(inner)) return inner
  return new ApiError('invalid_body', { field: '', message: 'Expected an object.' })
}

const isOnly = (value: Fields, name: string): boolean =>
  Object.keys(value).length === 1 && isFields(value[name])
