import { isId } from '#lib/base/ids.ts'
import type { ExternalId, ExternalKind } from '#lib/model/external-id.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { put, remove, type Write } from '#lib/table/transact.ts'

type Row = { pk: string; to: string }
type Kind = Exclude<ExternalKind, 'event'>

/** Our id for each id that a client sent, undefined where none fits: the system's ids first, then our own. */
export async function resolveIds(
  scope: EventScope,
  kind: Kind,
  sent: string[],
  system: string | undefined,
): Promise<(string | undefined)[]> {
  const own = (id: string) => (isId(kind, id) ? id : undefined)
  if (system === undefined) return sent.map(own)
  const key = (id: string) => keys.external(scope, kind, system, id)
  const rows = await getRows<Row>(scope, sent.map(key))
  const found = new Map(rows.map((row) => [row.pk, row.to]))
  return sent.map((id) => found.get(key(id).pk) ?? own(id))
}

export async function resolveId(
  scope: EventScope,
  kind: Kind,
  sent: string,
  system: string | undefined,
): Promise<string | undefined> {
  if (system !== undefined && sent.length <= 1024) {
    const row = await getRow<Row>(scope, keys.external(scope, kind, system, sent))
    if (row) return row.to
  }
  return isId(kind, sent) ? sent : undefined
}

/** Writes that turn an object's external ids from `before` into `after`; a taken one fails as duplicate. */
export function externalWrites(
  scope: EventScope,
  kind: Kind,
  id: string,
  before: ExternalId[],
  after: ExternalId[],
): Write[] {
  const has = (list: ExternalId[], one: ExternalId) =>
    list.some(({ system, id: other }) => system === one.system && other === one.id)
  const key = ({ system, id: other }: ExternalId) => keys.external(scope, kind, system, other)
  const gone = before.filter((one) => !has(after, one)).map((one) => remove(key(one)))
  const taken = { error: 'duplicate_external_id', detail: { field: 'external_ids' } } as const
  const made = after
    .filter((one) => !has(before, one))
    .map((one) => put({ ...key(one), to: id }, { exists: false }, taken))
  return [...gone, ...made]
}
