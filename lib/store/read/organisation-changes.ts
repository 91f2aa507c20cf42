import { isOfTypes } from '#lib/model/change.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { type ChangeRow, type ChangesHead, readRange } from './changes.ts'

/** A place in the order of events and their sequences. */
export type ChangePlace = { event: string; sequence: number }
export type EventChange = { event: string; change: ChangeRow }
type Wanted = { after?: ChangePlace; limit: number; types: readonly string[] | undefined }

export type OrganisationChanges = {
  rows: EventChange[]
  /** Every event that has changes, deleted ones too, with its latest sequence. */
  latest: ChangePlace[]
  next?: ChangePlace
}

const mostRead = 5_000

/** The changes of all events by event and sequence, behind a place in that order. */
export async function readOrganisationChanges(
  scope: Scope,
  { after, limit, types }: Wanted,
): Promise<OrganisationChanges> {
  const latest = await latestOfAll(scope)
  const rows: EventChange[] = []
  let left = mostRead
  for (const { event, sequence: last } of latest) {
    if (after && event < after.event) continue
    const inside = remainsScope(scope, event)
    for (let at = event === after?.event ? after.sequence : 0; at < last; ) {
      if (left <= 0) return { rows, latest, next: { event, sequence: at } }
      const to = Math.min(last, at + Math.min(left, 1_000))
      for (const change of await readRange(inside, at + 1, to)) {
        if (!isOfTypes(change, types)) continue
        if (rows.length === limit)
          return { rows, latest, next: { event, sequence: change.sequence - 1 } }
        rows.push({ event, change })
      }
      left -= to - at
      at = to
    }
  }
  return { rows, latest }
}

async function latestOfAll(scope: Scope): Promise<ChangePlace[]> {
  const prefix = keys.numbered(remainsScope(scope, '')).sk
  const range = { pk: keys.everyNumbered(), from: prefix, to: `${prefix}~` }
  const listed = await queryRows<{ sk: string }>(scope, range)
  const scopes = listed.map(({ sk }): EventScope => remainsScope(scope, sk.slice(prefix.length)))
  const heads = await getRows<ChangesHead & { pk: string }>(
    scope,
    scopes.map((inside) => keys.changesHead(inside)),
  )
  const bySequence = new Map(heads.map(({ pk, seq }) => [pk, seq]))
  return scopes.flatMap((inside) => {
    const sequence = bySequence.get(keys.changesHead(inside).pk)
    return sequence === undefined ? [] : [{ event: inside.event, sequence }]
  })
}
