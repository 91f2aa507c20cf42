import { ApiError, type ErrorName } from '#lib/base/errors.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import type { Precondition } from '#lib/store/document.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type Print, single, written } from './answer.ts'
import type { Fields, Patch } from './body.ts'
import type { Answer, EventCall } from './route.ts'
import { checkOwnId, externalFromBody, externalFromPath } from './upsert-ids.ts'

type Call<B = unknown> = EventCall<Record<string, unknown>, B>

/** What the routes of one kind of thing share: `T` is what is printed, `D` what a patch is laid onto, `B` the body. */
export type Resource<T, D, B> = {
  /** The path parameter that names one. */
  param: string
  missing: ErrorName
  /** Our id for what a path names; undefined when nobody knows it. */
  resolve: (call: Call) => Promise<string | undefined>
  /** Reads one, or throws `missing`. */
  read: (scope: EventScope, id: string | undefined) => Promise<T>
  print: Print<T>
  /** The field of a body that holds the id, and what it says. */
  idField: string
  idIn: (body: B) => string | null | undefined
  create: (call: Call, scope: EventScope, body: B, upsert: ExternalId[]) => Promise<T>
  update: (call: Call, scope: EventScope, change: Change<T, D, B>) => Promise<T>
  /** One as a body spells it. */
  patchTarget: (call: Call, current: D) => Fields
  remove: (scope: EventScope, id: string, precondition: Precondition<T>) => Promise<T>
}

/** What one is changed to: `body` says it of the thing as it is then. */
export type Change<T, D, B> = {
  id: string
  body: (current: D) => B
  precondition: Precondition<T>
}

/** The handlers of the usual verbs (docs/behaviour/requests.md: PUT, PATCH; Other systems' ids). */
export function handlersOf<T, D, B>(resource: Resource<T, D, B>) {
  const { param, missing, resolve, read, print, idField, idIn } = resource
  const make = (call: Call, body: B, upsert: ExternalId[]) =>
    written(call, print, (scope) => resource.create(call, scope, body, upsert))
  const update = (call: Call, id: string, body: (current: D) => B) =>
    written(call, print, (scope, precondition) =>
      resource.update(call, scope, { id, body, precondition }),
    )
  /** An id in a body is the one in the path, however the caller's system spells it. */
  const checkId = async (call: Call, sent: unknown, id: string): Promise<void> => {
    if (typeof sent !== 'string' || sent === '' || sent === id || sent === call.params[param])
      return
    const named =
      call.view.system && (await resolve({ ...call, params: { ...call.params, [param]: sent } }))
    checkOwnId(sent, [named === id ? sent : id], idField)
  }
  const known = async (call: Call): Promise<string> => {
    const id = await resolve(call)
    if (id === undefined || call.scope.deleting.has(id)) throw new ApiError(missing)
    return id
  }
  return {
    create: (call: Call<B>): Promise<Answer> =>
      make(call, call.body, externalFromBody(idIn(call.body), idField, call)),
    get: async (call: Call): Promise<Answer> =>
      single(call, print, await read(call.scope, await resolve(call))),
    replace: async (call: Call<B>): Promise<Answer> => {
      const id = await resolve(call)
      if (!id) return make(call, call.body, [externalFromPath(call, param, missing)])
      await checkId(call, idIn(call.body), id)
      return update(call, id, () => call.body)
    },
    change: async (call: Call<Patch<B>>): Promise<Answer> => {
      const id = await known(call)
      await checkId(call, call.body.sent[idField], id)
      return update(call, id, (current) => call.body.onto(resource.patchTarget(call, current)))
    },
    remove: async (call: Call): Promise<Answer> => {
      const id = await known(call)
      return written(call, print, (scope, precondition) => resource.remove(scope, id, precondition))
    },
  }
}
