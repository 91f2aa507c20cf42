import { type Session, startOf } from '#lib/model/session.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { put, remove, update, type Write } from '#lib/table/transact.ts'

/** The writes that put a session into the event's order, count it at its day, or take it out again. */
export function orderWrites(
  scope: EventScope,
  before: Session | undefined,
  after: Session | undefined,
): Write[] {
  const rowOf = (one: Session) => keys.sessionOrder(scope, startOf(one), one.id)
  const count = (one: Session, by: number) =>
    update(keys.sessionDay(scope, one.date), { add: { ct: by } })
  const moved = !before || !after || startOf(before) !== startOf(after)
  const otherDay = before?.date !== after?.date
  return [
    ...(before && moved ? [remove(rowOf(before), { exists: true }, 'conflict')] : []),
    ...(after && moved ? [put({ ...rowOf(after), id: after.id })] : []),
    ...(before && otherDay ? [count(before, -1)] : []),
    ...(after && otherDay ? [count(after, 1)] : []),
  ]
}

/** The writes that tell the tracks in which the session stays when it starts now. */
export function trackOrderWrites(scope: EventScope, before: Session, after: Session): Write[] {
  if (startOf(before) === startOf(after)) return []
  const kept = before.trackIds.filter((id) => after.trackIds.includes(id))
  return kept.map((track) =>
    put(
      { ...keys.trackSession(scope, track, after.id), at: startOf(after) },
      { exists: true },
      'conflict',
    ),
  )
}
