import type { Session } from '#lib/model/session.ts'
import { applyLinks } from '#lib/store/links/apply.ts'
import { newChangeset } from '#lib/store/links/changeset.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Write } from '#lib/table/transact.ts'
import { inWantedOrder, sessionLinks, type WantedSession } from '#lib/wire/session-body.ts'

/**
 * Brings a session's relations to what is wanted, part by part, and gives the writes that are left: the order of
 * the lists. It may be repeated after a kill at any point; people and tracks that are gone are passed over.
 */
export async function settle(
  scope: EventScope,
  speakersGroup: string,
  id: string,
  wanted: WantedSession,
): Promise<Write[]> {
  const key = keys.session(scope, id)
  const session = await getRow<Session>(scope, key)
  if (!session) return []
  await applyLinks(scope, speakersGroup, sessionLinks(session, wanted), true)
  const before = await getRow<Session>(scope, key)
  if (!before) return []
  const work = newChangeset(scope, speakersGroup)
  work.sessions.set(id, { before, after: inWantedOrder(before, wanted) })
  return writesOf(work)
}
