import type * as v from 'valibot'
import type { ErrorName } from '#lib/base/errors.ts'
import type { Event } from '#lib/model/event.ts'
import type { Right } from '#lib/model/roles.ts'
import type { Token } from '#lib/model/token.ts'
import type { EventScope, RequestKey, Scope } from '#lib/table/scope.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import type { BodySpec, Patch, Schema } from './body.ts'

export type Entries = Record<string, Schema>
export type Answer = {
  status: number
  body?: unknown
  headers?: Record<string, string>
  /** Bytes in place of a JSON body; the content type is among the headers. */
  bytes?: Uint8Array | string
}

export type Call<Query = Record<string, unknown>, Body = unknown> = {
  scope: Scope
  view: Presentation
  token: Token
  params: Record<string, string>
  query: Query
  body: Body
  request: Request
  /** Present when an Idempotency-Key was sent. */
  requestKey?: RequestKey
  /** The API path as the client wrote it, without query. */
  path: string
  sourceIp: string
}
export type EventCall<Query = Record<string, unknown>, Body = unknown> = Omit<
  Call<Query, Body>,
  'scope'
> & { scope: EventScope; event: Event }

/**
 * One route: the only way to register a handler, so none exists without a right, schemas and errors. The
 * OpenAPI document, the reference and the authorisation tests are made from these.
 */
export type Route = {
  id: string
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Path below /api/v2 with `{parameters}`. */
  path: string
  tag: string
  summary: string
  description?: string
  right: Right
  /** Query parameters; `timestamp_format` is added to every route. */
  query?: Entries
  body?: BodySpec
  /** The body of a 200 answer; absent when there is none. */
  returns?: Schema
  /** Content type and description of a 200 answer that is not JSON. */
  returnsOther?: Record<string, string>
  /** Errors beyond those that any route may give. */
  errors?: ErrorName[]
  /** `?token=` is taken, the event may be named by its number. */
  schedule?: boolean
  /** A calendar feed's text in `?feed=` opens this route in place of a token: calendar programs send no headers. */
  feed?: boolean
  /** How a path without `{event}` leads to its event: throws the 404 of what the path names. */
  locate?: Locate
  /** PUT under another system's id that is not known yet reaches the handler without an event. */
  upsert?: boolean
  /** What it changes has no ETag of its own: `If-Match` holds for `*` alone. */
  untagged?: boolean
  /** The handler reads the body itself (pictures). */
  rawBody?: boolean
  /** Bad input answers 422 with `errors` (usage logs). */
  unprocessable?: boolean
  /** An example body for the reference. */
  example?: unknown
  scoped: 'event' | 'organisation'
  handle: (call: never) => Promise<Answer>
}

/** The event, and the path's parameters with whatever they named resolved. */
export type Locate = (
  scope: Scope,
  params: Record<string, string>,
  mayEnter: (event: string) => boolean,
) => Promise<{ event: Event; params: Record<string, string> }>

type QueryOf<Q> = Q extends Entries ? { [K in keyof Q]: v.InferOutput<Q[K]> } : Record<never, never>
type BodyOf<B> =
  B extends BodySpec<infer S>
    ? B extends { mode: 'patch' }
      ? Patch<v.InferOutput<S>>
      : v.InferOutput<S>
    : undefined

type Definition<Q, B, C> = Omit<Route, 'scoped' | 'handle' | 'query' | 'body'> & {
  query?: Q
  body?: B
  handle: (call: C) => Promise<Answer>
}

/** A route of one event: the path holds `{event}`; the handler gets the event and a scope inside it. */
export const eventRoute = <const Q extends Entries, const B extends BodySpec>(
  spec: Definition<Q, B, EventCall<QueryOf<Q>, BodyOf<B>>>,
): Route => ({ ...(spec as unknown as Route), scoped: 'event' })

/** A route of the organisation or of nobody. */
export const route = <const Q extends Entries, const B extends BodySpec>(
  spec: Definition<Q, B, Call<QueryOf<Q>, BodyOf<B>>>,
): Route => ({ ...(spec as unknown as Route), scoped: 'organisation' })
