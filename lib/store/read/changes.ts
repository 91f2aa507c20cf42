import { ApiError } from '#lib/base/errors.ts'
import { nowMillis } from '#lib/base/time.ts'
import { type Change, isOfTypes } from '#lib/model/change.ts'
import { keys } from '#lib/table/keys.ts'
import { changesTogether } from '#lib/table/keys-work.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** A change as it is kept; `ttl` in seconds since 1970. */
export type ChangeRow = Change & { kind: 'change'; ttl: number }

/** How far the changes of an event are numbered. */
export type ChangesHead = { seq: number; vr: number; ttl?: number }

export type WantedChanges = {
  /** The sequence behind which to begin. */
  after: number
  limit: number
  /** Types, `person.*` among them; all when they are not said. */
  types?: readonly string[] | undefined
}

/** Changes in their order; `next`, while there may be more, is the sequence behind which they are. */
export type Changes = { rows: ChangeRow[]; latest: number; next?: number }

/** A request looks at no more rows than these for the types that it asks for. */
const mostRead = 5_000
const pageOfRows = 1_000

/** The sequence of the latest change; 0 before the first. */
export const latestChange = async (scope: EventScope): Promise<number> =>
  (await getRow<ChangesHead>(scope, keys.changesHead(scope)))?.seq ?? 0

/**
 * The changes behind a sequence, and the latest there was before they were read: what is numbered is there, since both
 * are written at once. Throws `changes_gone` where what comes next is not kept any more.
 */
export async function readChanges(
  scope: EventScope,
  { after, limit, types }: WantedChanges,
): Promise<Changes> {
  const latest = await latestChange(scope)
  const rows: ChangeRow[] = []
  let at = after
  for (const end = Math.min(latest, after + mostRead); at < end && rows.length < limit; ) {
    const wanted = types === undefined ? limit - rows.length : pageOfRows
    const page = await readRange(scope, at + 1, Math.min(end, at + wanted))
    if (page[0]?.sequence !== at + 1) {
      // What was found before it is told first.
      if (rows.length > 0) break
      throw await changesGone(scope, latest)
    }
    for (const row of page) {
      if (rows.length === limit || row.sequence !== at + 1) break
      if (isOfTypes(row, types)) rows.push(row)
      at = row.sequence
    }
  }
  return { rows, latest, ...(at < latest && { next: at }) }
}

/** Those of a range that are kept, which lie in one partition or two. */
export async function readRange(scope: EventScope, from: number, to: number): Promise<ChangeRow[]> {
  const next = (Math.floor(from / changesTogether) + 1) * changesTogether
  const rows = await queryRows<ChangeRow>(scope, {
    pk: keys.changes(scope, from),
    from: keys.change(scope, from).sk,
    to: keys.change(scope, Math.min(to, next - 1)).sk,
  })
  const kept = rows.filter(isKept)
  return to < next ? kept : [...kept, ...(await readRange(scope, next, to))]
}

export const isKept = ({ ttl }: { ttl: number }): boolean => ttl * 1000 > nowMillis()

async function changesGone(scope: EventScope, latest: number): Promise<ApiError> {
  const oldest = await oldestChange(scope, latest)
  const message = `The oldest change that is kept has the sequence ${oldest}: read the lists again.`
  return new ApiError('changes_gone', { field: 'after', message })
}

/** The first sequence that is kept: all behind it are as well. */
export async function oldestChange(scope: EventScope, latest: number): Promise<number> {
  let [gone, kept] = [0, latest + 1]
  while (kept - gone > 1) {
    const middle = Math.floor((gone + kept) / 2)
    const row = await getRow<ChangeRow>(scope, keys.change(scope, middle))
    if (row && isKept(row)) kept = middle
    else gone = middle
  }
  return kept
}
