import { limits } from '#lib/base/limits.ts'
import type { Schema } from '#lib/http/body.ts'
import type { Route } from '#lib/http/route.ts'
import { described } from './described.ts'
import { errorResponses, errorSchema } from './errors.ts'
import examples from './examples.json' with { type: 'json' }
import { headers, successHeaders } from './headers.ts'
import { answerNames, bodyNames } from './names.ts'
import { parametersOf, sharedParameters } from './parameters.ts'
import { samplesOf } from './samples.ts'
import { answerSchema, answerSchemas, inputSchema, type Json, patchSchema } from './schema.ts'
import { errorRows, introduction, limitRows, routeText, tagText } from './text.ts'

export type Info = { version: string }
export type Document = Json & { paths: Record<string, Record<string, Json>> }

/** The OpenAPI 3.1 document of routes, made from the very records that validate and answer. */
export function openapi(routes: Route[], { version }: Info): Document {
  const answers = answerNames(routes)
  const bodies = bodyNames(routes)
  const errors = errorResponses()
  const paths: Document['paths'] = {}
  for (const route of routes) {
    const path = paths[route.path] ?? {}
    path[route.method] = operation(route, { answers, bodies, errorsOf: errors.responsesOf })
    paths[route.path] = path
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plenary',
      version,
      summary: 'The backend of an event',
      description: introduction(),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      { url: '/api/v2', description: 'The API' },
      { url: '/en/api/v2', description: 'The same API under its other name' },
    ],
    security: byHeader,
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({
      name,
      description: tagText(name),
    })),
    paths,
    components: {
      securitySchemes: schemesOf(routes),
      headers,
      parameters: sharedParameters,
      schemas: allDescribed({
        Error: errorSchema,
        ...answerSchemas(answers),
        ...bodySchemas(routes, bodies),
      }),
      responses: errors.components,
    },
    'x-limits': limitRows(),
    'x-error-codes': errorRows(),
  }
}

const allDescribed = (schemas: Record<string, Json>): Record<string, Json> =>
  Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, described(one, name)]))

type Known = {
  answers: Map<Schema, string>
  bodies: Map<string, string>
  errorsOf: (route: Route) => Json
}

function operation(route: Route, known: Known): Json {
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    description: routeText(route),
    ...securityOf(route),
    parameters: parametersOf(route),
    ...samplesOf(route),
    ...requestBody(route, known),
    responses: {
      ...((route.returns || !route.later || route.method !== 'post') && {
        '200': success(route, known),
      }),
      ...(route.later && { '202': later(route, route.later, known) }),
      ...(route.method === 'get' && { '304': unchanged(route) }),
      ...known.errorsOf(route),
    },
  }
}

function securityOf(route: Route): Json {
  if (route.right === 'public') return { security: [] }
  const { queryCredential: inQuery } = route
  return inQuery ? { security: [...byHeader, { [schemeIn[inQuery]]: [] }] } : {}
}

function requestBody(route: Route, { bodies }: Known): Json {
  if (!route.body) return {}
  const { example } = route
  const schema = bodySchema(route, bodies)
  const content = {
    'application/json': { schema, ...(example !== undefined && { example }) },
    ...(route.body.form && {
      'application/x-www-form-urlencoded': { schema: bare(route, bodies) },
    }),
    ...Object.fromEntries((route.body.raw ?? []).map((type) => [type, rawContent(type)])),
  }
  const description = 'The fields may come as a form or in the query instead.'
  if (route.body.fromQuery) return { requestBody: { required: false, description, content } }
  return { requestBody: { required: route.body.optional !== true, content } }
}

/** A body that the handler reads itself: a picture, or rows as text. */
const rawContent = (type: string): Json => ({
  schema: type.startsWith('image/')
    ? { type: 'string', format: 'binary', maxLength: limits.pictureUploadBytes.value }
    : { type: 'string', maxLength: limits.batchBytes.value },
})

const unwrapped = 'The fields, which may also come bare.'

/** The wrapped object or the bare one. */
function bodySchema(route: Route, bodies: Known['bodies']): Json {
  const wrapper = route.body?.wrapper
  if (!wrapper) return bare(route, bodies)
  const wrapped = {
    title: 'wrapped',
    type: 'object',
    required: [wrapper],
    additionalProperties: false,
    properties: { [wrapper]: { description: unwrapped, ...bare(route, bodies) } },
  }
  return { oneOf: [wrapped, bare(route, bodies)] }
}

const bare = (route: Route, bodies: Known['bodies']): Json => ({
  $ref: `#/components/schemas/${bodies.get(route.id)}`,
})

function success(route: Route, { answers }: Known): Json {
  const answer = {
    description: route.returns || route.returnsOther ? 'Done.' : 'Done; there is no body.',
    headers: successHeaders(route),
  }
  const example = exampleOf(route)
  const others = Object.entries(route.returnsOther ?? {}).map(([type, description], n) => [
    type,
    { schema: { type: 'string', description }, ...(n === 0 && !route.returns && example) },
  ])
  const json = route.returns && {
    'application/json': { schema: described(answerSchema(route.returns, answers)), ...example },
  }
  const content = { ...json, ...Object.fromEntries(others) }
  return Object.keys(content).length > 0 ? { ...answer, content } : answer
}

function later(
  route: Route,
  { description, schema }: NonNullable<Route['later']>,
  { answers }: Known,
): Json {
  const content = { 'application/json': { schema: described(answerSchema(schema, answers)) } }
  return { description, headers: successHeaders(route), content }
}

/** What the route once answered on the demo event (`npm run examples`). */
const exampleOf = ({ id }: Route): Json | undefined => {
  const example = (examples as Json)[id]
  return example === undefined ? undefined : { example }
}

const unchanged = (route: Route): Json => ({
  description: 'It is as `If-None-Match` says.',
  headers: successHeaders(route),
})

function bodySchemas(routes: Route[], names: Map<string, string>): Record<string, Json> {
  const schemas: Record<string, Json> = {}
  for (const { id, body } of routes) {
    const name = names.get(id)
    if (!body || !name || schemas[name]) continue
    const schema = body.raw ? writable(inputSchema(body.schema)) : inputSchema(body.schema)
    schemas[name] = body.mode === 'patch' ? patchSchema(schema) : schema
  }
  return schemas
}

/** Where bytes may stand in place of an object, a client's "writable" form of both would lose the bytes. */
function writable({ properties = {}, ...schema }: Json): Json {
  const all = Object.entries(properties as Record<string, Json>)
  const plain = all.map(([name, { readOnly: _, ...one }]) => [name, one])
  return { ...schema, properties: Object.fromEntries(plain) }
}

/** Those that some route takes. */
function schemesOf(routes: Route[]): Json {
  const { query, feed, ...others } = securitySchemes
  return {
    ...others,
    ...(routes.some(({ queryCredential }) => queryCredential === 'token') && { query }),
    ...(routes.some(({ queryCredential }) => queryCredential === 'feed') && { feed }),
  }
}

/** Query parameter → the security scheme that it is. */
const schemeIn = { token: 'query', feed: 'feed' }
const byHeader = [{ bearer: [] }, { apiKey: [] }, { key: [] }]
const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'The token; the scheme may be left out. In the routes of an event that names an issuer, also a token (JWT) of that issuer.',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-KEY' },
  key: { type: 'apiKey', in: 'header', name: 'Key' },
  query: { type: 'apiKey', in: 'query', name: 'token' },
  feed: { type: 'apiKey', in: 'query', name: 'feed', description: 'The text of a calendar feed.' },
}
