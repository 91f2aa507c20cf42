import * as v from 'valibot'
import { ApiError, type ErrorName, type FieldError } from '#lib/base/errors.ts'
import { bytesOf, utf8Of } from './body-bytes.ts'
import { jsonProblem } from './broken-json.ts'
import { didYouMean } from './did-you-mean.ts'
import { fieldPath, findUnsafe } from './inspect.ts'
import type { HttpRequest } from './messages.ts'

export type Schema = v.GenericSchema
export type BodySpec<S extends Schema = Schema> = {
  /** The name under which the documents wrap the object; the bare object is taken as well. */
  wrapper?: string
  schema: S
  /** `patch`: JSON Merge Patch (RFC 7396), judged when it is laid onto the current object. */
  mode?: 'patch'
  /** A body may be left out. */
  optional?: boolean
  /** Relation → the value that clears it, which is what null means. */
  nullMeans?: Record<string, unknown>
  /** Takes `application/x-www-form-urlencoded` too. */
  form?: boolean
  /** Fields may come as query parameters too; the body's win. */
  fromQuery?: boolean
  /** Content types that are taken beside JSON: the handler reads the body itself (pictures). */
  raw?: string[]
}

export type Fields = Record<string, unknown>
/** A merge patch that waits for the object it changes. */
export type Patch<T> = { sent: Fields; onto: (current: Fields) => T }

export type Body = {
  value: unknown
  /** The wrapper that the client sent, for naming fields. */
  path: string
}

/** The body that a handler is given: none where the route takes none, or the handler reads it. */
export const bodyOf = async (request: HttpRequest, spec: BodySpec | undefined): Promise<Body> =>
  spec && !spec.raw ? readBody(request, spec) : { value: undefined, path: '' }

/** Parses and judges a JSON body; throws 400 with the field, 413 or 415. Gives the schema's output or a `Patch`. */
export async function readBody(request: HttpRequest, spec: BodySpec): Promise<Body> {
  const bytes = await bytesOf(request)
  if (bytes.byteLength === 0 && spec.optional) return { value: undefined, path: '' }
  const { fields, path } = unwrap(sentFields(request, bytes, spec), spec.wrapper)
  for (const [name, value] of queryFields(request, spec)) {
    if (!Object.hasOwn(fields, name)) fields[name] = value
  }
  return prefixFields(path, async () => ({
    path,
    value: spec.mode === 'patch' ? patchOf(spec, fields) : wholeOf(spec, fields),
  }))
}

type Judging<S extends Schema> = Pick<BodySpec<S>, 'schema' | 'nullMeans'>

/** The fields of a whole object, judged. */
export const wholeOf = <S extends Schema>(spec: Judging<S>, sent: Fields): v.InferOutput<S> =>
  parse(spec.schema, withoutNulls(spec, sent))

/** Some fields of an object (RFC 7396), judged when they are laid onto it. */
export function patchOf<S extends Schema>(
  spec: Judging<S>,
  fields: Fields,
): Patch<v.InferOutput<S>> {
  const sent = withoutNulls(spec, fields)
  return { sent, onto: (own) => parse(spec.schema, mergePatch(own, sent)) }
}

const withoutNulls = <S extends Schema>({ nullMeans = {} }: Judging<S>, sent: Fields): Fields => ({
  ...sent,
  ...Object.fromEntries(Object.entries(nullMeans).filter(([name]) => sent[name] === null)),
})

/** Puts the wrapper before the field names of errors thrown inside: what is inside names fields of the object. */
export async function prefixFields<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!path || !(error instanceof ApiError) || error.detail.field === undefined) throw error
    const under = (field: string) => (field ? `${path}.${field}` : path)
    const { field, errors, message } = error.detail
    throw new ApiError(error.reason, {
      ...error.detail,
      field: under(field),
      ...(message !== undefined && { message }),
      ...(errors && { errors: errors.map((one) => ({ ...one, field: under(one.field) })) }),
    })
  }
}

/** Judges a value by a schema; every fault becomes a line of `errors`, the first one `fields`. */
export function parse<S extends Schema>(
  schema: S,
  value: unknown,
  path = '',
  reason: ErrorName = 'invalid_body',
): v.InferOutput<S> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const errors = result.issues.slice(0, 20).map((issue) => faultOf(issue, path, schema))
  const unknown = errors[0]?.message.startsWith(unknownField)
  throw new ApiError(unknown && reason === 'invalid_body' ? 'unknown_field' : reason, {
    field: errors[0]?.field ?? path,
    errors,
    ...(errors[0] && { message: errors[0].message }),
  })
}

const unknownField = 'There is no such field.'

function faultOf(issue: v.BaseIssue<unknown>, start: string, schema: Schema): FieldError {
  const keys = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))
  const field = keys.reduce<string>((path, key) => fieldPath(path, key), start)
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return { field, message: unknownField + didYouMean(schema, keys) }
  const missing = issue.received === 'undefined'
  // Valibot's own messages echo what was received: ours say what was expected.
  const message = /^Invalid /.test(issue.message) ? `Expected ${issue.expected}.` : issue.message
  return { field, message: missing ? 'This field is required.' : message }
}

/** RFC 7396, section 2. */
function mergePatch(target: unknown, patch: unknown): Fields {
  const next: Fields = isFields(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(isFields(patch) ? patch : {})) {
    if (value === null) delete next[name]
    else next[name] = isFields(value) ? mergePatch(next[name], value) : value
  }
  return next
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function jsonOf(request: HttpRequest, bytes: Uint8Array): Fields {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type && !/^application\/([a-z0-9.-]+\+)?json$/.test(type))
    throw new ApiError('unsupported_media_type')
  const value = parseJson(utf8Of(bytes))
  const fault = findUnsafe(value)
  if (fault) {
    const { reason, field, message } = fault
    throw new ApiError(reason, { field, message, errors: [{ field, message }] })
  }
  if (!isFields(value))
    throw new ApiError('invalid_body', { field: '', message: 'Expected an object.' })
  return value
}

/** A JSON text; throws `invalid_json` with the place of the fault. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const message = text.trim() === '' ? 'The body is empty: JSON is expected.' : jsonProblem(text)
    throw new ApiError('invalid_json', { field: '', message })
  }
}

function sentFields(request: HttpRequest, bytes: Uint8Array, spec: BodySpec): Fields {
  if (bytes.byteLength === 0 && spec.fromQuery) return {}
  return isForm(request, spec) ? formFields(utf8Of(bytes)) : jsonOf(request, bytes)
}

/** Names of the fields of a body that may come in the query. */
export const fieldsInQuery = (spec: BodySpec | undefined): string[] =>
  spec?.fromQuery && 'entries' in spec.schema ? Object.keys(spec.schema.entries as Fields) : []

/** Query parameters that are fields of the body; one that is repeated is refused, an empty one absent. */
function queryFields(request: HttpRequest, spec: BodySpec): [string, string][] {
  const sent = new URL(request.url).searchParams
  const known = fieldsInQuery(spec).filter((name) => sent.getAll(name).some((text) => text !== ''))
  const repeated = known.find((name) => sent.getAll(name).length > 1)
  if (repeated !== undefined) {
    const errors = [{ field: repeated, message: 'Sent more than once.' }]
    throw new ApiError('invalid_query', { field: repeated, errors })
  }
  return known.map((name) => [name, sent.get(name) ?? ''])
}

const isForm = (request: HttpRequest, spec: BodySpec) =>
  spec.form === true &&
  (request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded')

const formFields = (text: string): Fields => Object.fromEntries(new URLSearchParams(text))

function unwrap(sent: Fields, wrapper: string | undefined): { fields: Fields; path: string } {
  if (!wrapper || !(wrapper in sent)) return { fields: sent, path: '' }
  const inner = sent[wrapper]
  const stray = Object.keys(sent).find((name) => name !== wrapper)
  if (stray !== undefined) {
    throw new ApiError('unknown_field', {
      field: stray,
      errors: [{ field: stray, message: unknownField }],
    })
  }
  if (!isFields(inner)) {
    const message = 'Expected an object.'
    throw new ApiError('invalid_body', { field: wrapper, errors: [{ field: wrapper, message }] })
  }
  return { fields: inner, path: wrapper }
}
