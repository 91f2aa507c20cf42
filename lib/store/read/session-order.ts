import type { SessionPlace } from '#lib/model/session-times.ts'
import { keptList, stateOfBuckets } from '#lib/table/kept-lists.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** A session in the order of its event; cursors name the key. */
export type Place = SessionPlace & { sk: string }

/** What the order says of every session of the event, by start and id: drafts too, and those being deleted. */
export function sessionOrder(scope: EventScope): Promise<Place[]> {
  const pk = keys.sessionOrders(scope)
  return keptList(scope, pk, orderState(scope), async () => {
    const only = ['sk', 'id', 'format', 'till', 'status']
    const rows = await queryRows<Place>(scope, { pk, only })
    return { rows, of: rows.length }
  })
}

/** Changes with the place of every session, in the order of the event as in tracks. */
export const orderState = (scope: EventScope) => stateOfBuckets(keys.sessionDays(scope))
