import type { Change } from '#lib/model/change.ts'
import { changesTogether, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** A change as it is kept; `ttl` in seconds since 1970. */
export type ChangeRow = Change & { kind: 'change'; ttl: number }

/** How far the changes of an event are numbered. */
export type ChangesHead = { seq: number; vr: number }

type Wanted = { after: number; limit: number }

/** The sequence of the latest change; 0 before the first. */
export const latestChange = async (scope: EventScope): Promise<number> =>
  (await getRow<ChangesHead>(scope, keys.changesHead(scope)))?.seq ?? 0

/**
 * The changes behind a sequence in their order, and the latest there was before they were read. A change that is
 * numbered is there: both are written at once.
 */
export async function readChanges(
  scope: EventScope,
  { after, limit }: Wanted,
): Promise<{ rows: ChangeRow[]; latest: number }> {
  const latest = await latestChange(scope)
  const to = Math.min(latest, after + limit)
  const rows: ChangeRow[] = []
  for (let from = after + 1; from <= to; from = nextPartition(from)) {
    const last = Math.min(to, nextPartition(from) - 1)
    rows.push(...(await readRange(scope, from, last)))
  }
  return { rows, latest }
}

const nextPartition = (sequence: number): number =>
  (Math.floor(sequence / changesTogether) + 1) * changesTogether

const readRange = (scope: EventScope, from: number, to: number): Promise<ChangeRow[]> =>
  queryRows<ChangeRow>(scope, {
    pk: keys.changes(scope, from),
    from: keys.change(scope, from).sk,
    to: keys.change(scope, to).sk,
  })
