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

type Verbs<T extends Named, M, F> = {
  kind: Kind<T>
  id: IdKind
  /** What answers show of one: it, and what is counted of it. */
  load: (scope: EventScope, document: T) => Promise<M>
  /** The same for another state of it. */
  shown: (document: T, loaded?: M) => M
  /** The document's own fields where they are not what was sent, and writes that they need beside them. */
  own?: (
    scope: EventScope,
    sent: Omit<F, 'externalIds'>,
    before: T | undefined,
  ) => Promise<{ own: object; writes: Write[] }>
  /** What goes with its deletion, such as the job that takes it out of whatever refers to it. */
  ending?: (scope: EventScope, id: string) => Write[] | Promise<Write[]>
}

/** The verbs of a kind whose documents say all about themselves. */
export const verbsOf = <T extends Named, M, F extends { externalIds?: SentIds } = FieldsOf<T>>({
  kind,
  id,
  load,
  shown,
  own: ownOf = async (_, own) => ({ own, writes: [] }),
  ending,
}: Verbs<T, M, F>) => ({
  /** Makes one. `upsert`: the external ids of the path. */
  create: async (scope: EventScope, fields: F, upsert: ExternalId[] = []): Promise<M> => {
    const { externalIds, ...sent } = fields
    const ids = firstExternalIds(externalIds, upsert)
    const { own, writes } = await ownOf(scope, sent, undefined)
    const document = { ...own, ...born(), id: newId(id), externalIds: ids } as unknown as T
    return create(scope, kind, document, { made: shown(document), more: writes })
  },
  /** Replaces its own fields by what `fields` makes of it as it is. */
  update: (
    scope: EventScope,
    one: string,
    fields: (current: T) => F,
    precondition: Precondition<M>,
  ): Promise<M> =>
    change(scope, kind, one, async (before, next) => {
      const loaded = await load(scope, before)
      precondition(loaded)
      const { externalIds, ...sent } = fields(before)
      const { own, writes } = await ownOf(scope, sent, before)
      const after = next({ ...own, externalIds: nextExternalIds(externalIds, before) })
      return { after, made: shown(after, loaded), more: writes }
    }),
  remove: (scope: EventScope, one: string, precondition: Precondition<M>): Promise<M> =>
    change(scope, kind, one, async (before) => {
      const loaded = await load(scope, before)
      precondition(loaded)
      return { after: undefined, made: loaded, more: (await ending?.(scope, one)) ?? [] }
    }),
})
