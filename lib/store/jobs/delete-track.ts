import type { Event } from '#lib/model/event.ts'
import { unmarkDeleting } from '#lib/store/deleting.ts'
import { type LinkChange, load, newChangeset } from '#lib/store/links/changeset.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { remove, transact } from '#lib/table/transact.ts'
import { inEvent } from './relations.ts'
import type { JobRunner } from './runner.ts'

export const trackPlans: Record<string, JobRunner> = {
  'delete-track': inEvent(
    (scope, { work }, event) => emptyTrack(scope, event, work.track as string),
    (scope, { work }) => [keys.trackSessions(scope, work.track as string)],
  ),
}

/** Takes a deleted track out of its sessions, some at a time. */
async function emptyTrack(scope: EventScope, event: Event, track: string): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    const pk = keys.trackSessions(scope, track)
    const rows = await queryRows<{ sk: string }>(scope, { pk, only: ['sk'], limit: 30 })
    if (rows.length === 0) {
      await transact(scope, [unmarkDeleting(scope, track)])
      return true
    }
    const links = rows.map(({ sk }): LinkChange => {
      return { link: { kind: 'track', session: sk, track }, added: false }
    })
    await retryOnConflict(scope, async () => {
      const work = newChangeset(scope, event.speakersGroup)
      await load(work, links)
      for (const link of links) stage(work, link)
      // Rows of sessions that are going away themselves are nobody's staged.
      const isIn = (session: string) =>
        work.sessions.get(session)?.before?.trackIds.includes(track) ?? false
      const orphans = rows.filter(({ sk }) => !isIn(sk))
      const ended = orphans.map(({ sk }) => remove(keys.trackSession(scope, track, sk)))
      await transact(scope, [...writesOf(work), ...ended])
    })
  }
  return false
}
