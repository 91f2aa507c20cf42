import fc from 'fast-check'
import type { Document } from '#lib/http/openapi/document.ts'
import type { Json } from '#lib/http/openapi/schema.ts'
import type { Route } from '#lib/http/route.ts'
import { grey, ihdr, pngOf } from '#test/support/png.ts'
import { type Principal, placeOf, principals } from '#test/support/security.ts'
import { breaks, broken, fitting, hostile, named, text } from './values.ts'

/** A request before the ids of a world are put into it. */
export type Planned = {
  route: Route
  principal: Principal
  method: string
  path: string
  query: [string, string][]
  headers: Record<string, string>
  body?: Body
}
type Body = { data: string | Uint8Array; type?: string }

/** Requests of a route as its part of the document describes them, and beside it. */
export function requestsOf(route: Route, document: Document): fc.Arbitrary<Planned> {
  const operation = document.paths[route.path]?.[route.method] as Operation
  const components = document.components as Components
  const parameters = operation.parameters.map((one) =>
    one.$ref ? (components.parameters[one.$ref.split('/').at(-1) ?? ''] as Parameter) : one,
  )
  return fc.record({
    route: fc.constant(route),
    principal: whoever(route),
    method: fc.oneof(
      { weight: 40, arbitrary: fc.constant(route.method.toUpperCase()) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH'),
      },
    ),
    path: pathOf(route),
    query: queryOf(parameters, components),
    headers: headersOf(route),
    ...(operation.requestBody && { body: bodyOf(route, operation.requestBody, components) }),
  }) as fc.Arbitrary<Planned>
}

type Parameter = { $ref?: string; name: string; in: string; required?: boolean; schema: Json }
type Components = { parameters: Record<string, unknown>; schemas: Json }
type Content = Record<string, { schema: Json; example?: unknown }>
type Operation = { parameters: Parameter[]; requestBody?: { content: Content } }

const whoever = (route: Route): fc.Arbitrary<Principal> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constant<Principal>(route.right === 'person' ? 'attendee' : 'super_admin'),
    },
    { weight: 4, arbitrary: fc.constantFrom<Principal>('event_admin', 'event_staff', 'attendee') },
    { weight: 1, arbitrary: fc.constantFrom(...principals) },
  )

function pathOf(route: Route): fc.Arbitrary<string> {
  const parts = route.path.split('/').map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    return name === undefined ? fc.constant(part) : segmentOf(route, name)
  })
  const prefix = fc.oneof(
    { weight: 9, arbitrary: fc.constant('/api/v2') },
    { weight: 1, arbitrary: fc.constant('/en/api/v2') },
  )
  return fc
    .tuple(prefix, ...parts)
    .map(([first, ...rest]) => first + rest.join('/').replace(/^\/$/, ''))
}

/** One's own, another's, nobody's. The event itself is rarely what is deleted, or little would be left. */
function segmentOf(route: Route, name: string): fc.Arbitrary<string> {
  const place = placeOf(route, name)
  const weight = route.id === 'deleteEvent' ? 0 : name === 'event' ? 60 : 25
  return fc.oneof(
    { weight, arbitrary: named(place) },
    { weight: 2, arbitrary: fc.constant(`‹!${place}:0›`) },
    { weight: 2, arbitrary: fc.constant('crm-1') },
    {
      weight: 1,
      arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map(escaped),
    },
    { weight: 1, arbitrary: hostile.map((one) => escaped(spelled(one).slice(0, 600)) || '%20') },
  )
}

/** A gateway passes no question mark in a path on. */
const escaped = (one: string): string => encodeURIComponent(one.toWellFormed().replaceAll('?', ''))

function queryOf(parameters: Parameter[], components: Components) {
  const known = parameters.filter((one) => one.in === 'query')
  const pairs = known.map(({ name, schema, required }) => {
    const value = fitting(schema, name, components.schemas).map((one) => [name, spelled(one)])
    const odd = hostile.map((one) => [name, spelled(one)])
    const sent = fc.oneof({ weight: 14, arbitrary: value }, { weight: 1, arbitrary: odd })
    return required ? sent : sometimes(sent, name === 'cursor' ? 20 : 4)
  })
  const stray = sometimes(fc.constantFrom(['Limit', '1'], ['token', 'x'], ['', '']), 40)
  return fc.tuple(...pairs, stray).map((all) => all.filter((one) => one !== undefined))
}

const spelled = (value: unknown): string =>
  (Array.isArray(value)
    ? value.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(',')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)
  ).slice(0, 2_000)

/** Once in so many requests. */
const sometimes = <T>(arbitrary: fc.Arbitrary<T>, every: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: every - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const rarely = (usual: fc.Arbitrary<string>, odd: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd })

const printable = (one: string) => one.replaceAll(/[^\x20-\x7e]/g, '').trim()

function headersOf({ method }: Route): fc.Arbitrary<Record<string, string>> {
  const writes = method !== 'get'
  const all = fc.record({
    ext_id_system: sometimes(
      rarely(fc.constantFrom('crm', 'Plenary', 'nobody'), fc.constantFrom(' ', 'x'.repeat(65))),
      5,
    ),
    'if-none-match': sometimes(fc.constantFrom('*', '"x"', 'W/"x"', 'junk'), 12),
    'accept-encoding': sometimes(fc.constantFrom('gzip', 'br', 'br;q=0, gzip', '*'), 5),
    'if-match': sometimes(
      rarely(fc.constantFrom('*', '"x"'), fc.constantFrom('junk', '', 'W/"y", "z"')),
      writes ? 8 : 30,
    ),
    'idempotency-key': sometimes(
      rarely(
        fc.nat(20).map((n) => `key-${n}`),
        fc.constant('x'.repeat(256)),
      ),
      writes ? 6 : 30,
    ),
    'content-encoding': sometimes(fc.constantFrom('gzip', 'identity', 'zstd'), 60),
    range: sometimes(fc.constant('bytes=0-3'), 60),
    'x-forwarded-for': sometimes(fc.string({ maxLength: 8 }).map(printable), 60),
  })
  return all.map((headers) =>
    Object.fromEntries(
      Object.entries(headers).filter((one): one is [string, string] => one[1] !== undefined),
    ),
  )
}

function bodyOf(
  route: Route,
  { content }: { content: Content },
  { schemas }: Components,
): fc.Arbitrary<Body> {
  const json = content['application/json']
  const raw = Object.keys(content).filter((type) => type !== 'application/json')
  const made = fc
    .tuple(fitting(json?.schema ?? {}, '', schemas), breaks, fc.boolean())
    .map(([value, faults, example]) => {
      const start = example && route.example !== undefined ? route.example : value
      return JSON.stringify(faults.reduce<unknown>(broken, start)) ?? 'null'
    })
  const plain = (data: string | Uint8Array): Body => ({ data })
  return fc.oneof(
    { weight: 24, arbitrary: made.map(plain) },
    { weight: 1, arbitrary: made.map((one) => plain(one.slice(0, one.length / 2))) },
    { weight: 1, arbitrary: hostile.map((one) => plain(JSON.stringify(one) ?? '')) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map(plain) },
    ...raw.map((type) => ({
      weight: 8 / raw.length,
      arbitrary: otherBody(type).map((data) => ({ data, type })),
    })),
  )
}

const square = pngOf({ ihdr: ihdr(16, 16), chunks: [['IDAT', grey(16)]] })

function otherBody(type: string): fc.Arbitrary<string | Uint8Array> {
  const pair = (name: string) =>
    text(name).map((one) => `${name}=${encodeURIComponent(one.toWellFormed())}`)
  const form = fc.tuple(pair('email'), pair('time_in'), pair('time_out'), pair('name'))
  const row = fc.tuple(text('first_name'), text('email')).map((one) => one.join(','))
  const rows = fc.array(row, { maxLength: 4 })
  const lines = fc.array(hostile, { maxLength: 4 })
  if (/image/.test(type)) return fc.constantFrom(square, square.subarray(0, 60))
  if (/form/.test(type)) return form.map((all) => all.join('&'))
  if (/csv/.test(type))
    return rows.map((all) => ['profile.first_name,profile.email_address', ...all].join('\r\n'))
  return lines.map((all) => all.map((one) => JSON.stringify(one)).join('\n'))
}
