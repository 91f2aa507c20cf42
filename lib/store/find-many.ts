import type { Group } from '#lib/model/group.ts'
import type { Person } from '#lib/model/person.ts'
import type { Room } from '#lib/model/room.ts'
import type { Session } from '#lib/model/session.ts'
import type { Track } from '#lib/model/track.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

const keyOf = {
  person: keys.person,
  group: keys.group,
  session: keys.session,
  track: keys.track,
  room: (scope: EventScope, room: string) => keys.plain(scope, 'room', room),
}
export type Documents = {
  person: Person
  group: Group
  session: Session
  track: Track
  room: Room
}
/** Documents by id; what is not there or vanishing is left out. */
export async function findMany<K extends keyof Documents>(
  scope: EventScope,
  kind: K,
  ids: Iterable<string>,
): Promise<Map<string, Documents[K]>> {
  const wanted = [...new Set(ids)].filter((id) => !scope.deleting.has(id))
  const rows = await getRows<Documents[K]>(
    scope,
    wanted.map((id) => keyOf[kind](scope, id)),
  )
  return new Map(rows.map((row) => [row.id, row]))
}
