import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import type { Fields } from '#lib/http/body.ts'
import { type ExternalKind, isOwnSystem } from '#lib/model/external-id.ts'
import { type Documents, findMany } from '#lib/store/find-many.ts'
import type { KnownBy } from '#lib/store/read/known-ids.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type BatchKey, knownBy, type Names, type Naming } from './known-by.ts'

/** A row as far as it can be told what it is about. */
export type Read = { fields: Fields; names: Names; by: KnownBy | undefined }
type Asking = { scope: EventScope; key?: BatchKey }
type Kind = Naming & { kind: keyof Documents & ExternalKind }

/**
 * Rows that an export of another event has written, or its answers, name ids of ours that nobody here has: those are
 * passed over, and the row is known by what else it names. They are told by their `timestamps`, which only answers have;
 * an unknown id in a row that somebody wrote is a mistake, and so it is where rows go by ids (`key=id`).
 */
export async function withoutForeignIds(
  { scope, key }: Asking,
  kind: Kind,
  rows: (Read | ApiError)[],
): Promise<(Read | ApiError)[]> {
  if (key === 'id') return rows
  const ownIds = rows.map((row) => (row instanceof ApiError ? undefined : ownIdIn(kind, row)))
  const named = ownIds.filter((id) => id !== undefined)
  if (named.length === 0) return rows
  const there = await findMany(scope, kind.kind, named)
  return rows.map((row, n) => {
    const id = ownIds[n]
    if (row instanceof ApiError || id === undefined || there.has(id)) return row
    const { id: _, ...names } = row.names
    return { fields: withoutOwn(kind, row.fields), names, by: knownBy(kind, names, key) }
  })
}

const ownIdIn = ({ kind }: Kind, { names: { id }, fields }: Read): string | undefined =>
  id !== undefined && fields.timestamps !== undefined && isId(kind, id) ? id : undefined

/** The fields without the id of ours that they name, wherever they do. */
function withoutOwn({ idField }: Kind, { [idField]: _, ...fields }: Fields): Fields {
  const { external_ids: ids } = fields
  return Array.isArray(ids) ? { ...fields, external_ids: ids.filter((one) => !isOwn(one)) } : fields
}

const isOwn = (one: { id_system?: unknown } | null): boolean =>
  typeof one?.id_system === 'string' && isOwnSystem(one.id_system)
