import * as v from 'valibot'
import type { ErrorName } from '#lib/base/errors.ts'
import type { Kind } from '#lib/base/ids.ts'
import type { Page, PageWanted } from '#lib/base/page.ts'
import type { Right } from '#lib/model/roles.ts'
import { isDocument } from '#lib/store/find-many.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Schema } from './body.ts'
import { type PageQuery, page, pageOf, pageQuery } from './page.ts'
import { handlersOf, type Resource } from './resource.ts'
import type { EventCall, Route } from './route.ts'

export type Verb = 'list' | 'create' | 'get' | 'replace' | 'change' | 'remove'

/** A kind of thing with its usual verbs, in its own words. */
export type ResourceRoutes<T, D, S extends Schema> = Resource<T, D, v.InferOutput<S>> & {
  tag: string
  /** Of all of them, below /api/v2. */
  path: string
  /** What the names of operations end with: `Track`, and with an `s` for all. */
  operation: string
  summaries: Record<Verb, string>
  /** Under which name a body may stand. */
  wrapper: string
  body: S
  answer: Schema
  example: Record<string, unknown>
  list: (scope: EventScope, wanted: PageWanted) => Promise<Page<T>>
  order: Kind
  /** The right of whoever may read them, where it is more than staff. */
  readers?: Right
  /** What a body can be refused for beside its ids, and a new one in particular. */
  refusals?: ErrorName[]
  createRefusals?: ErrorName[]
}

const idRefusals: ErrorName[] = ['duplicate_external_id', 'reserved_id', 'reserved_id_system']

/** List, create, read, replace, change and delete: six routes of one description. */
export function resourceRoutes<T, D, S extends Schema>(of: ResourceRoutes<T, D, S>): Route[] {
  const { operation, path, tag, wrapper, summaries, answer: returns, missing } = of
  const bodyErrors = [...(of.refusals ?? []), ...idRefusals]
  const changeErrors: ErrorName[] = [...bodyErrors, missing, 'id_mismatch', 'precondition_failed']
  const body = { wrapper, schema: of.body, nullMeans: { external_ids: [] } }
  const example = { [wrapper]: of.example }
  const handlers = handlersOf(of)
  const all = { path, tag, scoped: 'event' } as const
  const named = isDocument(of.param) ? { names: of.param } : {}
  const one = { ...all, ...named, path: `${path}/{${of.param}}`, returns }
  const reading = { right: of.readers ?? 'event:read', method: 'get' } as const
  const right = 'event:write'
  return [
    {
      ...all,
      ...reading,
      id: `list${operation}s`,
      summary: summaries.list,
      query: pageQuery(1000),
      returns: v.array(returns),
      errors: ['invalid_cursor'],
      handle: async (call: EventCall<PageQuery>) =>
        page(call, of.print, await of.list(call.scope, pageOf(call.query, of.order))),
    },
    {
      ...all,
      right,
      returns,
      id: `create${operation}`,
      method: 'post',
      summary: summaries.create,
      body,
      errors: [...bodyErrors, ...(of.createRefusals ?? [])],
      example,
      handle: handlers.create,
    },
    {
      ...one,
      ...reading,
      id: `get${operation}`,
      summary: summaries.get,
      errors: [missing],
      handle: handlers.get,
    },
    {
      ...one,
      right,
      id: `replace${operation}`,
      method: 'put',
      summary: summaries.replace,
      body,
      errors: changeErrors,
      example,
      handle: handlers.replace,
    },
    {
      ...one,
      right,
      id: `change${operation}`,
      method: 'patch',
      summary: summaries.change,
      body: { ...body, mode: 'patch' },
      errors: changeErrors,
      example,
      handle: handlers.change,
    },
    {
      ...one,
      right,
      id: `delete${operation}`,
      method: 'delete',
      summary: summaries.remove,
      errors: [missing, 'precondition_failed'],
      handle: handlers.remove,
    },
  ]
}
