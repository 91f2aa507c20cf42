import { isId } from '#lib/base/ids.ts'
import type { Group } from '#lib/model/group.ts'
import type { Person } from '#lib/model/person.ts'
import type { Room } from '#lib/model/room.ts'
import type { Session } from '#lib/model/session.ts'
import type { Track } from '#lib/model/track.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

const keyOf = {
  person: keys.person,
  group: keys.group,
  session: keys.session,
  track: keys.track,
  room: (scope: EventScope, room: string) => keys.plain(scope, 'room', room),
}
/** Whether a name is that of a kind that is found so. */
export const isDocument = (name: string): name is keyof Documents => name in keyOf

/** The key of the document, where the text is an id of ours: no name, and no id of another system. */
export const keyOfId = (
  scope: Pick<EventScope, 'e'>,
  kind: keyof Documents,
  id: string,
): Key | undefined => (isId(kind, id) ? keyOf[kind](scope as EventScope, id) : undefined)

export type Documents = {
  person: Person
  group: Group
  session: Session
  track: Track
  room: Room
}
/** Documents by id; what is not there or vanishing is left out. */
export const findMany = <K extends keyof Documents>(
  scope: EventScope,
  kind: K,
  ids: Iterable<string>,
): Promise<Map<string, Documents[K]>> => found<Documents[K]>(scope, keysOf(scope, kind, ids))

/** The same beside those that are known from before, which are not read again. */
export async function findMore<K extends keyof Documents>(
  scope: EventScope,
  kind: K,
  ids: string[],
  known: Map<string, Documents[K]> = new Map(),
): Promise<Map<string, Documents[K]>> {
  const read = await findMany(
    scope,
    kind,
    ids.filter((id) => !known.has(id)),
  )
  return new Map([...known, ...read])
}

/** Documents by id, but of each its id and these fields alone: what many of them cost to unpack. */
export const findParts = <K extends keyof Documents, F extends keyof Documents[K] & string>(
  scope: EventScope,
  kind: K,
  ids: Iterable<string>,
  fields: F[],
): Promise<Map<string, Pick<Documents[K], F | 'id'>>> =>
  found<Pick<Documents[K], F | 'id'>>(scope, keysOf(scope, kind, ids), ['id', ...fields])

const keysOf = (scope: EventScope, kind: keyof Documents, ids: Iterable<string>): Key[] =>
  [...new Set(ids)].filter((id) => !scope.deleting.has(id)).map((id) => keyOf[kind](scope, id))

async function found<T extends { id: string }>(scope: EventScope, wanted: Key[], only?: string[]) {
  const rows = await getRows<T>(scope, wanted, only)
  return new Map(rows.map((row) => [row.id, row]))
}
