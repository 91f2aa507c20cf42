import {
  ApiError,
  codeOf,
  type ErrorName,
  errorNames,
  messageOf,
  statusOf,
} from '#lib/base/errors.ts'
import type { Route } from '#lib/http/route.ts'
import { errorHeaders } from './headers.ts'
import type { Json } from './schema.ts'

/** Every error that a route can answer: those it lists and those that its nature brings along. */
export function errorsOf(route: Route): ErrorName[] {
  const writes = route.method !== 'get'
  const changes = writes && route.method !== 'post'
  const known = route.right !== 'public'
  const listed = new Set<ErrorName>([
    'invalid_query',
    'internal',
    'store_busy',
    'too_many_requests',
    ...(known ? caller : []),
    ...(known && !everyone.includes(route.right) ? (['forbidden'] as const) : []),
    ...(known && route.path.includes('{event}') ? inEvent : []),
    ...(known && writes ? keyed : []),
    ...(known && changes ? (['precondition_failed'] as const) : []),
    ...(route.method === 'put' && known ? (['invalid_path'] as const) : []),
    ...(route.body ? bodily : []),
    ...(route.errors ?? []),
  ])
  const answered = new Set([...listed].map((name) => answeredAs(route, name)))
  return errorNames.filter((name) => answered.has(name))
}

/** Some routes answer bad input in their own way, once it is known who asks. */
const answeredAs = ({ failure }: Route, name: ErrorName): ErrorName =>
  failure && !caller.includes(name) ? failure(new ApiError(name)).reason : name

const everyone: Route['right'][] = ['public', 'anyone']
const caller: ErrorName[] = ['not_authorised', 'ambiguous_credentials', 'invalid_header']
const inEvent: ErrorName[] = ['forbidden', 'event_not_found', 'issuer_unreachable']
const keyed: ErrorName[] = ['idempotency_mismatch', 'request_in_progress', 'answer_erased']
const bodily: ErrorName[] = [
  'invalid_json',
  'invalid_body',
  'unknown_field',
  'too_deep',
  'body_too_large',
  'unsupported_media_type',
]

const codeText = 'A line of the error catalogue.'

/** The shape of every error, whatever its status. */
export const errorSchema: Json = {
  type: 'object',
  required: ['code', 'message', 'fields', 'errors', 'request_id'],
  additionalProperties: false,
  properties: {
    code: { type: 'integer', description: codeText },
    message: { type: 'string', description: 'What went wrong, for people.' },
    fields: { type: 'string', description: 'The first field at fault, empty when there is none.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'message'],
        additionalProperties: false,
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
    request_id: { type: 'string', description: 'What to tell whoever runs this installation.' },
  },
}

/** Gathers error responses; routes with the same errors share one component. */
export function errorResponses() {
  const components: Record<string, Json> = {}
  const known = new Map<string, string>()
  const componentOf = (status: string, names: ErrorName[], writes: boolean): string => {
    const key = `${names.join()} ${writes}`
    const alike = Object.keys(components).filter((name) => name.startsWith(`Error${status}`)).length
    const name = known.get(key) ?? `Error${status}${alike > 0 ? `-${alike + 1}` : ''}`
    known.set(key, name)
    components[name] ??= errorResponse(names, errorHeaders(Number(status), writes))
    return name
  }
  const responsesOf = (route: Route): Json => {
    const byStatus = Map.groupBy(errorsOf(route), (name) => String(statusOf(name)))
    const entries = [...byStatus].map(([status, names]) => [
      status,
      { $ref: `#/components/responses/${componentOf(status, names, route.method !== 'get')}` },
    ])
    return Object.fromEntries(entries)
  }
  return { components, responsesOf }
}

const errorResponse = (names: ErrorName[], headers: Json): Json => ({
  description: names.map((name) => `- \`${codeOf(name)}\` ${messageOf(name)}`).join('\n'),
  headers,
  content: {
    'application/json': {
      schema: {
        allOf: [
          { $ref: '#/components/schemas/Error' },
          {
            type: 'object',
            properties: { code: { description: codeText, enum: names.map(codeOf) } },
          },
        ],
      },
      ...(names[0] && { example: errorExample(names[0]) }),
    },
  },
})

const errorExample = (name: ErrorName): Json => ({
  code: codeOf(name),
  message: messageOf(name),
  fields: '',
  errors: [],
  request_id: '5f0c1f0e-5d8f-4c53-9a35-0b0f6f6a2c11',
})
