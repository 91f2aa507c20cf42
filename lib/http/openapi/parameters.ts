import type * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { commaList } from '#lib/http/page.ts'
import type { Route } from '#lib/http/route.ts'
import { meaningOf } from './described.ts'
import { inputSchema, type Json, numberSchema, unwrapped } from './schema.ts'
import { pathParameters } from './text.ts'

/** All parameters of a route: of its path, of its query, and the headers that its method knows. */
export function parametersOf(route: Route): Json[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => pathParameter(name))
  const inQuery = Object.entries(route.query ?? {}).map(([name, schema]) =>
    queryParameter(name, schema),
  )
  return [...inPath, ...inQuery, ...sharedOf(route).map((name) => ({ $ref: refOf(name) }))]
}

export const sharedParameters: Record<Shared, Json> = {
  TimestampFormat: {
    name: 'timestamp_format',
    in: 'query',
    description: 'How times are printed: in the zone of the event, or as Unix seconds.',
    schema: { type: 'string', enum: ['iso', 'integer'], default: 'iso' },
  },
  ExtIdSystem: inHeader(
    'ext_id_system',
    'Whose ids the request speaks, and the answer where that system has one.',
    limits.externalSystemLength.value,
  ),
  IdempotencyKey: inHeader(
    'Idempotency-Key',
    'The same key with the same request has one effect and one answer for 24 hours.',
    limits.idempotencyKeyLength.value,
  ),
  IfMatch: inHeader('If-Match', 'Act only while the object still has this `ETag`.'),
  IfNoneMatch: inHeader('If-None-Match', 'Answer 304 while the object still has this `ETag`.'),
}

type Shared = 'TimestampFormat' | 'ExtIdSystem' | 'IdempotencyKey' | 'IfMatch' | 'IfNoneMatch'

function sharedOf({ method, right }: Route): Shared[] {
  if (right === 'public') return []
  const own: Shared[] = ['TimestampFormat', 'ExtIdSystem']
  if (method === 'get') return [...own, 'IfNoneMatch']
  return [...own, 'IdempotencyKey', ...(method === 'post' ? [] : (['IfMatch'] as const))]
}

const refOf = (name: Shared) => `#/components/parameters/${name}`

function inHeader(name: string, description: string, maxLength?: number): Json {
  return {
    name,
    in: 'header',
    description,
    schema: { type: 'string', ...(maxLength && { maxLength }) },
  }
}

const pathParameter = (name: string): Json => ({
  name,
  in: 'path',
  required: true,
  description: pathParameters[name] ?? `The ${name}.`,
  schema: { type: 'string' },
})

function queryParameter(name: string, schema: v.GenericSchema): Json {
  const { inner, fallback } = unwrapped(schema)
  const optional = inner !== schema
  const common = { name, in: 'query', required: !optional, ...textOf(name, inner) }
  if (inner.type === commaList.type) {
    const items = { type: 'array', items: { type: 'string' }, maxItems: limits.commaList.value }
    return { ...common, style: 'form', explode: false, schema: items }
  }
  const number = numberSchema(inner)
  if (!number) return { ...common, schema: withoutText(inputSchema(schema)) }
  const ordinary = fallback === undefined ? {} : { default: Number(fallback) }
  return { ...common, schema: { ...number, ...ordinary } }
}

function textOf(name: string, schema: v.GenericSchema): Json {
  const said = inputSchema(schema).description
  const description = [meaningOf(name), said].filter((text) => typeof text === 'string').join(' ')
  return description ? { description } : {}
}

const withoutText = ({ description: _, ...schema }: Json): Json => schema
