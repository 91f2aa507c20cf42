import type { LinkChange } from '#lib/model/link.ts'
import type { Session } from '#lib/model/session.ts'
import { sessionLinks } from '#lib/model/session-links.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import type { Precondition } from '#lib/store/document.ts'
import { load, newChangeset, stageSession } from '#lib/store/links/changeset.ts'
import { whenSettled } from '#lib/store/links/open-job.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { newJob } from '#lib/store/queue.ts'
import { type LoadedSession, requireLoadedSession } from '#lib/store/read/included-sessions.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit, maxWrites } from '#lib/table/transact.ts'
import { remove, type Write } from '#lib/table/writes.ts'
import { endRoles, type GoneSession } from './end-links.ts'

/**
 * Deletes a session: it vanishes at once, and who has a role in it loses it in the same transaction if that is
 * large enough, else right behind it. A job takes it out of agendas and tracks.
 */
export async function deleteSession(
  scope: EventScope,
  id: string,
  precondition: Precondition<LoadedSession>,
): Promise<LoadedSession> {
  const { made, gone } = await whenSettled(scope, async () => {
    const made = await requireLoadedSession(scope, id)
    precondition(made)
    const { session } = made
    const work: GoneSession = { session: id, roles: session.roles, tracks: session.trackIds }
    const beside = [
      remove(keys.seats(scope, id)),
      ...markDeleting(scope, id),
      remove(keys.entryRevision(scope, id)),
      ...newJob(scope, 'delete-session', work).writes,
    ]
    const whole = [...(await removal(scope, session, rolesEnded(session))), ...beside]
    const fits = whole.length <= maxWrites
    // The rows of tracks and attendees go behind it: without their counts nobody can join any more.
    const alone = { ...session, trackIds: [] }
    const swept = { ...scope, sweeping: id }
    await commit(swept, fits ? whole : [...(await removal(scope, alone, [])), ...beside], made)
    return { made, gone: fits ? undefined : work }
  })
  // Whatever this does not get done is in the job.
  if (gone) await endRoles({ ...scope, sweeping: id }, gone).catch(() => undefined)
  return made
}

/** The links that end all roles of the session. */
function rolesEnded(session: Session): LinkChange[] {
  const none = Object.fromEntries(Object.keys(session.roles).map((role) => [role, []]))
  return sessionLinks(session, { roles: none })
}

/** The writes that remove a session and end these links of it. */
async function removal(scope: EventScope, session: Session, links: LinkChange[]): Promise<Write[]> {
  const changeset = newChangeset(scope)
  stageSession(changeset, session, session)
  changeset.removed.add(session.id)
  // Also tells which tracks are gone: nobody counts in them any more.
  await load(changeset, [...links, ...tracksOf(session)])
  for (const link of links) stage(changeset, link)
  return writesOf(changeset)
}

const tracksOf = ({ id, trackIds }: Session): LinkChange[] =>
  trackIds.map((track) => ({ link: { kind: 'track', session: id, track }, added: false }))
