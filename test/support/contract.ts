import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import * as v from 'valibot'
import { routeOf } from '#infra/local/routes.ts'
import { messageOf, statusOf } from '#lib/base/errors.ts'
import { type Document, openapi } from '#lib/http/openapi/document.ts'
import { errorsOf } from '#lib/http/openapi/errors.ts'
import type { Json } from '#lib/http/openapi/schema.ts'
import type { Route } from '#lib/http/route.ts'
import { provoked } from './error-coverage.ts'
import { errorNameOf } from './errors.ts'
import { brokenRule } from './response-rules.ts'

type Answered = {
  status: number
  headers: Record<string, string>
  body: unknown
  text: string
}
type Book = { routes: Route[]; ajv: Ajv2020; document: Document }

/**
 * Holds an answer to what the OpenAPI document says of its route: a documented status, a body that fits the
 * schema without a field more, and no error that the route does not list. Throws what is wrong.
 */
export async function checkAnswer(method: string, url: string, reply: Answered): Promise<void> {
  const path = decodeURIComponent(url.split('?', 1)[0] ?? '')
  const below = path.replace(/^(\/en)?\/api\/v2(?=\/|$)/, '') || '/'
  const { routes, ajv, document } = await bookOf(routeOf(path)?.group.name ?? 'reference')
  const route = findRoute(routes, method, below)
  const fault = brokenRule(route, reply)
  if (fault) throw new Error(`${method} ${path} answered ${reply.status} and ${fault}`)
  if (!route || reply.status === 204) return
  // The address is another's, which does not know the method.
  if (reply.status === 405) return
  if (method !== 'HEAD') checkListed(route, reply)
  checkHeaders(document, route, reply)
  if (reply.status === 304) return
  const json = /[/+]json\b/.test(reply.headers['content-type'] ?? '')
  if (!json || method === 'HEAD') return checkOther(route, method, reply)
  const where = ['paths', route.path, route.method, 'responses', String(reply.status)]
  const check = compiled(ajv, where)
  if (!check)
    throw new Error(`${name(route)} answered ${reply.status}, which its document does not know`)
  const { returnsLess } = route
  if (check(reply.body) || (returnsLess && v.is(returnsLess, reply.body))) return
  const faults = ajv.errorsText(check.errors, { dataVar: 'answer' })
  throw new Error(`${name(route)} answered ${reply.status} against its schema: ${faults}`)
}

/** The route that answers a path below /api/v2: of several the one that is literal further left. */
export function findRoute(routes: Route[], method: string, path: string): Route | undefined {
  const wanted = method === 'HEAD' ? 'get' : method.toLowerCase()
  const segments = path.replace(/(?<=.)\/$/, '').split('/')
  return routes
    .filter((route) => route.method === wanted && fits(route.path.split('/'), segments))
    .sort((a, b) => (rank(a.path) < rank(b.path) ? -1 : 1))[0]
}

const rank = (path: string) => path.replaceAll(/\{\w+\}/g, '~')
const fits = (parts: string[], segments: string[]) =>
  parts.length === segments.length &&
  parts.every((part, n) => (part.startsWith('{') ? segments[n] !== '' : part === segments[n]))
const name = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`

const books = new Map<string, Promise<Book>>()

function bookOf(group: string): Promise<Book> {
  const book = books.get(group) ?? load(group)
  books.set(group, book)
  return book
}

/** The document of one group alone: loading every function for every test file would cost seconds. */
async function load(group: string): Promise<Book> {
  const { routes }: { routes: Route[] } = await import(`../../functions/${group}.ts`)
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateSchema: false,
    inlineRefs: false,
  })
  addFormats.default(ajv)
  const document = openapi(routes, { version: 'test' })
  ajv.addSchema(closed(document) as Json, 'api')
  return { routes, ajv, document }
}

function compiled(ajv: Ajv2020, where: string[]): ValidateFunction | undefined {
  const at = (parts: string[]) =>
    parts.map((part) => `/${encodeURIComponent(escaped(part))}`).join('')
  const error = /^[45]/.test(where.at(-1) ?? '')
  const body = ['content', 'application/json', 'schema']
  if (!error) return ajv.getSchema(`api#${at([...where, ...body])}`)
  return ajv.getSchema('api#/components/schemas/Error')
}

const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1')

/** Answers may gain fields in the world, but not unnoticed here: their objects take only what is named. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed)
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]))
  const object = copy.type === 'object' && typeof copy.properties === 'object'
  return object && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy
}

type Described = { $ref?: string; headers?: object }

/** What says of the body how it is written stands in `content`. */
const ofTheBody = new Set(['content-type', 'content-length'])

/** Every header that is sent is documented. */
function checkHeaders({ paths, components }: Document, route: Route, reply: Answered): void {
  const { responses = {} } = (paths[route.path]?.[route.method] ?? {}) as {
    responses?: Record<string, Described>
  }
  const answer = responses[String(reply.status)] ?? {}
  const shared = (components as { responses: Record<string, Described> }).responses
  const { headers = {} } = answer.$ref
    ? (shared[answer.$ref.split('/').at(-1) ?? ''] ?? {})
    : answer
  const documented = new Set(Object.keys(headers).map((one) => one.toLowerCase()))
  const stray = Object.keys(reply.headers).find(
    (one) => !documented.has(one) && !ofTheBody.has(one),
  )
  if (stray !== undefined) {
    throw new Error(
      `${name(route)} answered ${reply.status} with ${stray}, which it does not announce`,
    )
  }
}

/** Style, rule 15: each route lists the codes that it can raise. */
function checkListed(route: Route, { status, body }: Answered): void {
  if (status < 400) return
  const given = errorNameOf(body)
  if (given === undefined) throw new Error(`${name(route)} answered ${status} without a known code`)
  if (statusOf(given) !== status) throw new Error(`${name(route)} answered ${given} as ${status}`)
  if (!errorsOf(route).includes(given)) {
    throw new Error(`${name(route)} answered ${given}: add it to the errors of the route`)
  }
  const { message } = body as { message?: string }
  if (given === 'invalid_reference' && message === messageOf(given)) {
    throw new Error(`${name(route)} does not say what it has not found`)
  }
  provoked(route.id, given)
}

function checkOther(route: Route, method: string, { status, headers, body }: Answered): void {
  if (method === 'HEAD' || (body === '' && !route.returns && !route.returnsOther)) return
  const type = (headers['content-type'] ?? '').split(';')[0] ?? ''
  if (status === 200 && Object.hasOwn(route.returnsOther ?? {}, type)) return
  throw new Error(
    `${name(route)} answered ${status} as ${type || 'nothing'}, which it does not announce`,
  )
}
