import type * as v from 'valibot'
import { type PlainKind, plainKinds } from '#lib/base/plain-kinds.ts'
import type { Plain } from '#lib/model/plain.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { listPlain, requirePlain } from '#lib/store/read/plain.ts'
import { type PlainFields, plainVerbs } from '#lib/store/write/plain.ts'
import { printPlain } from '#lib/wire/plain.ts'
import type { Fields, Schema } from './body.ts'
import { resourceRoutes, type Verb } from './resource-routes.ts'
import type { Route } from './route.ts'

type PlainRoutes<T extends Plain, S extends Schema> = {
  tag: string
  body: S
  answer: Schema
  /** What a body makes of a thing, and a thing's own fields as a body spells them. */
  fields: (body: v.InferOutput<S>) => PlainFields<T>
  own: (thing: T) => Fields
  /** The id that a body says. */
  idIn: (body: v.InferOutput<S>) => string | null | undefined
  example: Record<string, unknown>
  summaries?: Partial<Record<Verb, string>>
}

/** The routes of a plain kind, with every rule of docs/behaviour/requests.md. */
export function plainRoutes<T extends Plain, S extends Schema>(
  kind: PlainKind,
  { fields, own, ...of }: PlainRoutes<T, S>,
): Route[] {
  const { plural } = plainKinds[kind]
  const verbs = plainVerbs<T>(kind)
  return resourceRoutes<T, T, S>({
    ...of,
    param: kind,
    path: `/events/{event}/${plural}`,
    operation: kind.charAt(0).toUpperCase() + kind.slice(1),
    wrapper: kind,
    order: kind,
    readers: 'programme',
    missing: `${kind}_not_found`,
    idField: `${kind}_id`,
    refusals: ['duplicate_name'],
    summaries: {
      list: `List the ${plural}`,
      create: `Create a ${kind}`,
      get: `Read a ${kind}`,
      replace: `Replace a ${kind}, or create it under an external id`,
      change: `Change a ${kind}`,
      remove: `Delete a ${kind}`,
      ...of.summaries,
    },
    resolve: ({ scope, params }) => resolveId(scope, kind, params[kind] ?? ''),
    read: (scope, id) => requirePlain<T>(scope, kind, id),
    list: (scope, wanted) => listPlain<T>(scope, kind, wanted),
    print: (view, thing) => printPlain(view, kind, thing, own(thing)),
    create: (_, scope, body, upsert) => verbs.create(scope, fields(body), upsert),
    update: (_, scope, { id, body, precondition }) =>
      verbs.update(scope, id, (current) => fields(body(current)), precondition),
    patchTarget: (_, current) => own(current),
    remove: verbs.remove,
  })
}
