import type * as v from 'valibot'
import type { ApiError, ErrorName } from '#lib/base/errors.ts'
import type { Event } from '#lib/model/event.ts'
import type { Right } from '#lib/model/roles.ts'
import type { Token } from '#lib/model/token.ts'
import type { Documents } from '#lib/store/find-many.ts'
import type { EventScope, RequestKey, Scope } from '#lib/table/scope.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import type { BodySpec, Patch, Schema } from './body.ts'
import type { HttpRequest } from './messages.ts'

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
  request: HttpRequest
  /** Present when an Idempotency-Key was sent. */
  requestKey?: RequestKey
  /** The API path as the client wrote it, without query. */
  path: string
  sourceIp: string
}
/** A request on its way to its handler; it has its event once that is found. */
export type Asked = Call & { event?: Event }
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
  /** What a role that is told less is answered in its place; the description says so. */
  returnsLess?: Schema
  /** What it answers with 202: it will be, but is not yet. */
  later?: { description: string; schema: Schema }
  /** Content type and description of a 200 answer that is not JSON. */
  returnsOther?: Record<string, string>
  /** Headers of a 200 answer that no other route sends, and what they say. */
  headers?: Record<string, string>
  /** Errors beyond those that any route may give. */
  errors?: ErrorName[]
  /** An example body for the reference. */
  example?: unknown
  /**
   * The thing that the path names by the parameter of this name, where the route asks for it first of all: it is read
   * along with the event.
   */
  names?: keyof Documents
  scoped: 'event' | 'organisation'
  handle: (call: never) => Promise<Answer>
} & Seams

/** Where a few routes part from the rest: filled by the wrappers in `wrappers.ts` and by nothing else. */
type Seams = {
  /** A query parameter that is a credential. */
  queryCredential?: 'token' | 'feed'
  /** Lets a request in by something else than a token, which opens this route and no other. */
  open?: (asked: Asked) => Promise<Asked | undefined>
  /** A page that people come to by links which carry more than it knows: that is left aside. */
  strayQuery?: boolean
  /** Finds the event in another way than by `{event}`: throws the 404 of what the path names. */
  enter?: (asked: Asked) => Promise<Asked>
  /** How what is wrong with the input is answered. */
  failure?: (error: ApiError) => ApiError
}

type QueryOf<Q> = Q extends Entries ? { [K in keyof Q]: v.InferOutput<Q[K]> } : Record<never, never>
type BodyOf<B> = B extends { raw: string[] }
  ? undefined
  : B extends BodySpec<infer S>
    ? B extends { mode: 'patch' }
      ? Patch<v.InferOutput<S>>
      : v.InferOutput<S>
    : undefined

type Definition<Q, B, C> = Omit<Route, keyof Seams | 'scoped' | 'handle' | 'query' | 'body'> & {
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
