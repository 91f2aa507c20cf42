import { ApiError } from '#lib/base/errors.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { ExternalKind } from '#lib/model/external-id.ts'
import type { Group } from '#lib/model/group.ts'
import type { Person } from '#lib/model/person.ts'
import type { Room } from '#lib/model/room.ts'
import type { Session } from '#lib/model/session.ts'
import type { Track } from '#lib/model/track.ts'
import { resolveIds } from '#lib/store/external-ids.ts'
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
type Documents = {
  person: Person
  group: Group
  session: Session
  track: Track
  room: Room
}
type Referable = keyof Documents & ExternalKind

/**
 * The objects that a body refers to, in its order. Foreign, missing and vanishing ones are the same
 * `invalid_reference`, naming the entry by `fieldOf`.
 */
export async function resolveReferences<K extends Referable>(
  scope: EventScope,
  kind: K,
  sent: string[],
  fieldOf: (n: number) => string,
): Promise<Documents[K][]> {
  const ids = await resolveIds(scope, kind, sent)
  const rows = await findMany(
    scope,
    kind,
    ids.filter((id) => id !== undefined),
  )
  return ids.map((id, n) => {
    const row = id === undefined ? undefined : rows.get(id)
    if (!row) {
      throw new ApiError('invalid_reference', unknownReference(kind, sent[n] ?? '', fieldOf(n)))
    }
    return row
  })
}

/** Documents by id; what is not there or vanishing is left out. */
export async function findMany<K extends Referable>(
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
