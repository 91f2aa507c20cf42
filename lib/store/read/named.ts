import { type Kind as IdKind, kindOfId } from '#lib/base/ids.ts'
import { plainNames } from '#lib/base/plain-kinds.ts'
import type { ExternalId, ExternalKind } from '#lib/model/external-id.ts'
import { documents } from '#lib/store/documents/all.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** Something with an id, whatever it is. */
export type Named = { id: string; externalIds?: ExternalId[] }

/** What these ids are other systems' ids of, as far as it is there: for answers about things of every kind. */
export async function findNamed(scope: EventScope, ids: string[]): Promise<Map<string, Named>> {
  if (scope.system === undefined) return new Map()
  const wanted = [...new Set(ids)].flatMap((id) => {
    const name = nameOf(kindOfId(id))
    return documents.filter((kind) => kind.name === name).map((kind) => kind.key(scope, id))
  })
  const rows = await getRows<Named>(scope, wanted, ['id', 'externalIds'])
  return new Map(rows.map((row) => [row.id, row]))
}

const nameOf = (kind: IdKind | undefined): string | undefined =>
  kind === 'field' ? 'custom_field' : kind

const externalKinds: Exclude<ExternalKind, 'event'>[] = [
  ...(['person', 'session', 'group', 'track', 'field'] as const),
  ...plainNames,
]

/** Our id of whatever the caller's system calls so, people first; else the id as it was sent. */
export async function resolveAnyId(scope: EventScope, sent: string): Promise<string> {
  if (scope.system === undefined) return sent
  const found = await Promise.all(externalKinds.map((kind) => resolveId(scope, kind, sent)))
  return found.find((id) => id !== undefined) ?? sent
}
