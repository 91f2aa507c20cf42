import { isId } from '#lib/base/ids.ts'
import type { ExternalId, ExternalKind } from '#lib/model/external-id.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Derived } from './document.ts'

type Row = { pk: string; to: string }
type Kind = Exclude<ExternalKind, 'event'>

/** Our id for each id that a client sent, undefined where none fits: ids of the caller's system first, then our own. */
export async function resolveIds(
  scope: EventScope,
  kind: Kind,
  sent: string[],
): Promise<(string | undefined)[]> {
  const { system } = scope
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
): Promise<string | undefined> {
  const { system } = scope
  if (system !== undefined && sent.length <= 1024) {
    const row = await getRow<Row>(scope, keys.external(scope, kind, system, sent))
    if (row) return row.to
  }
  return isId(kind, sent) ? sent : undefined
}

const taken = { error: 'duplicate_external_id', detail: { field: 'external_ids' } } as const

/** The rows by which other systems' ids lead to a document. */
export const externalRows = (
  scope: EventScope,
  kind: Kind,
  { id, externalIds }: { id: string; externalIds: ExternalId[] },
): Derived[] =>
  externalIds.map((one) => ({
    ...keys.external(scope, kind, one.system, one.id),
    values: { to: id },
    taken,
  }))
