import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import type { Schema } from '#lib/http/body.ts'
import { ignored } from '#lib/wire/fields.ts'

export type Json = { [name: string]: unknown }

/** The JSON Schema of what a body or a query may be. */
export const inputSchema = (schema: Schema): Json => plain(toJsonSchema(schema, config('input')))

/** The JSON Schemas of answers by component name; one that stands inside another becomes a `$ref`. */
export function answerSchemas(named: Map<Schema, string>): Record<string, Json> {
  const definitions = Object.fromEntries([...named].map(([schema, name]) => [name, schema]))
  const made = toJsonSchemaDefs(definitions, config('output'))
  return Object.fromEntries(Object.entries(made).map(([name, schema]) => [name, plain(schema)]))
}

/** The JSON Schema of an answer that has no name of its own. */
export function answerSchema(schema: Schema, named: Map<Schema, string>): Json {
  const definitions = Object.fromEntries([...named].map(([one, name]) => [name, one]))
  const { $defs: _, ...made } = plain(toJsonSchema(schema, { ...config('output'), definitions }))
  return made
}

/** What a merge patch (RFC 7396) may be for objects of a schema: everything may be absent or null. */
export function patchSchema(schema: Json): Json {
  const { required: _, ...kept } = schema
  const properties = entriesOf(kept.properties).map(([name, one]) => [
    name,
    orNull(patchSchema(one)),
  ])
  const choices = listOf(kept.anyOf).map(patchSchema)
  return {
    ...kept,
    ...(kept.properties !== undefined && { properties: Object.fromEntries(properties) }),
    ...(kept.anyOf !== undefined && { anyOf: choices }),
  }
}

/** The pipe that a query parameter's schema wraps, with its default. */
export function unwrapped(schema: Schema): { inner: Schema; fallback: unknown } {
  const { wrapped, default: fallback } = schema as Schema & { wrapped?: Schema; default?: unknown }
  return { inner: wrapped ?? schema, fallback }
}

/** For texts that are read as numbers: the bounds of the number. */
export function numberSchema(schema: Schema): Json | undefined {
  const { pipe = [] } = schema as Schema & { pipe?: Step[] }
  if (!pipe.some((step) => step.type === 'transform' && step.operation === Number)) return undefined
  const bound = (type: string) => pipe.find((step) => step.type === type)?.requirement
  const [minimum, maximum] = [bound('min_value'), bound('max_value')]
  return {
    type: 'integer',
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  }
}

type Step = { type: string; operation?: unknown; requirement?: unknown }

/** Actions that narrow or change a value in ways JSON Schema cannot say. */
const unsayable = new Set([
  'check',
  'raw_check',
  'partial_check',
  'check_items',
  'transform',
  'raw_transform',
  'trim',
  'to_lower_case',
  'to_upper_case',
  'normalize',
  'brand',
  'readonly',
])

const config = (typeMode: 'input' | 'output'): ConversionConfig => ({
  target: 'draft-2020-12',
  errorMode: 'throw',
  typeMode,
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  overrideAction: ({ valibotAction, jsonSchema, errors }) => {
    if (!errors || !unsayable.has(valibotAction.type)) return undefined
    const { message } = valibotAction as v.BaseValidation<unknown, unknown, never> & Message
    const said = jsonSchema.description !== undefined || jsonSchema.type === 'object'
    const usable = !said && typeof message === 'string'
    return usable ? { ...jsonSchema, description: message } : jsonSchema
  },
  overrideSchema: ({ valibotSchema, jsonSchema }) => {
    if (valibotSchema === ignored) {
      return { readOnly: true, description: 'Only answers have it: ignored in a body.' }
    }
    if (valibotSchema.type === 'loose_object') return { ...jsonSchema, additionalProperties: true }
    const nullable = valibotSchema.type === 'nullable' || valibotSchema.type === 'nullish'
    return nullable ? orNull({ ...jsonSchema, ...innerOf(jsonSchema.anyOf) }) : undefined
  },
})

type Message = { message?: unknown }

/** `anyOf: [X, null]` → X, without the `anyOf`. */
function innerOf(anyOf: unknown): Json {
  const [inner = {}] = listOf(anyOf)
  return { anyOf: undefined, ...inner }
}

/** The schema that also takes null, in the shortest way there is. */
function orNull(schema: Json): Json {
  const { type, enum: values, ...rest } = plain(schema)
  if (Array.isArray(type) && type.includes('null')) return plain(schema)
  if (typeof type === 'string') {
    // Where null means absent, a blank text does too, so that what GET gave can be sent back.
    if (type === 'string') delete rest.minLength
    const choices = Array.isArray(values) ? { enum: [...values, null] } : {}
    return { type: [type, 'null'], ...rest, ...choices }
  }
  const open = !('anyOf' in rest || 'oneOf' in rest || '$ref' in rest || 'const' in rest)
  if (open) return plain(schema)
  const { default: fallback, description, ...one } = rest
  const choices = 'anyOf' in one ? listOf(one.anyOf) : [one]
  const takesNull = choices.some((choice) => choice.type === 'null')
  return plain({
    description,
    default: fallback,
    anyOf: takesNull ? choices : [...choices, { type: 'null' }],
  })
}

const plain = (schema: object): Json =>
  Object.fromEntries(
    Object.entries(schema).filter(([name, value]) => name !== '$schema' && value !== undefined),
  )

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : [])
const entriesOf = (value: unknown): [string, Json][] =>
  Object.entries(isJson(value) ? value : {}).filter((entry): entry is [string, Json] =>
    isJson(entry[1]),
  )
