import type { PlainKind } from '#lib/base/plain-kinds.ts'
import { canonicalName } from '#lib/base/text.ts'
import type { Plain } from '#lib/model/plain.ts'
import type { Kind } from '#lib/store/document.ts'
import { externalRows } from '#lib/store/external-ids.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'

/** What a plain kind is to the table: counted in one set, unique by name, found by other systems' ids. */
export const plain = <T extends Plain>(kind: PlainKind): Kind<T> => ({
  name: kind,
  missing: `${kind}_not_found`,
  key: (scope, id) => keys.plain(scope, kind, id),
  set: (scope) => sets.plains(scope, kind),
  // External ids come first: of two who PUT the same at once, the second finds it made and replaces it.
  derived: (scope, { id, name, externalIds, picture }) => [
    ...externalRows(scope, kind, { id, externalIds }),
    {
      ...keys.plainName(scope, kind, canonicalName(name)),
      values: { to: id, name },
      taken: { error: 'duplicate_name', detail: { field: `${kind}_name` } },
    },
    ...(picture ? [keys.pictureUse(scope, picture.id, id)] : []),
  ],
})
