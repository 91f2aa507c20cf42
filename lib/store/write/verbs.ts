import { type Kind as IdKind, newId } from '#lib/base/ids.ts'
import {
  type ExternalId,
  firstExternalIds,
  nextExternalIds,
  type SentIds,
} from '#lib/model/external-id.ts'
import {
  born,
  change,
  create,
  type Document,
  type Kind,
  type Precondition,
} from '#lib/store/document.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Write } from '#lib/table/writes.ts'

type Named = Document & { externalIds: ExternalId[] }
/** A document's own fields as somebody wants them, and its external ids (none named leaves them as they are). */
export type FieldsOf<T extends Named> = Omit<T, keyof Document | 'externalIds'> & {
  externalIds?: SentIds
}

type Plain<T extends Named, M> = {
  kind: Kind<T>
  id: IdKind
  /** What answers show of one: it, and what is counted of it. */
  load: (scope: EventScope, document: T) => Promise<M>
  /** The same for another state of it. */
  shown: (document: T, loaded?: M) => M
  /** What goes with its deletion, such as the job that takes it out of whatever refers to it. */
  ending?: (scope: EventScope, id: string) => Write[]
}

/** The verbs of a kind whose documents say all about themselves. */
export const verbsOf = <T extends Named, M>({ kind, id, load, shown, ending }: Plain<T, M>) => ({
  /** Makes one. `upsert`: the external ids of the path. */
  create: (scope: EventScope, fields: FieldsOf<T>, upsert: ExternalId[] = []): Promise<M> => {
    const { externalIds, ...own } = fields
    const ids = firstExternalIds(externalIds, upsert)
    const document = { ...own, ...born(), id: newId(id), externalIds: ids } as unknown as T
    return create(scope, kind, document, shown(document))
  },
  /** Replaces its own fields by what `fields` makes of it as it is. */
  update: (
    scope: EventScope,
    one: string,
    fields: (current: T) => FieldsOf<T>,
    precondition: Precondition<M>,
  ): Promise<M> =>
    change(scope, kind, one, async (before, next) => {
      const loaded = await load(scope, before)
      precondition(loaded)
      const { externalIds, ...own } = fields(before)
      const after = next({ ...own, externalIds: nextExternalIds(externalIds, before) })
      return { after, made: shown(after as T, loaded) }
    }),
  remove: (scope: EventScope, one: string, precondition: Precondition<M>): Promise<M> =>
    change(scope, kind, one, async (before) => {
      const loaded = await load(scope, before)
      precondition(loaded)
      return { after: undefined, made: loaded, more: ending?.(scope, one) ?? [] }
    }),
})
