import type { Event } from '#lib/model/event.ts'
import { unhide } from '#lib/store/deleting.ts'
import { type FactChange, load, newWork } from '#lib/store/links/changeset.ts'
import { draft } from '#lib/store/links/stage.ts'
import { stepsOf } from '#lib/store/links/writes.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { whileFresh } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { remove, transact } from '#lib/table/transact.ts'
import { inEvent } from './relations.ts'
import type { PlanRunner } from './runner.ts'

export const trackPlans: Record<string, PlanRunner> = {
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
      await transact(scope, [unhide(scope, track)])
      return true
    }
    const facts = rows.map(({ sk }): FactChange => {
      return { fact: { kind: 'track', session: sk, track }, holds: false }
    })
    await whileFresh(scope, async () => {
      const work = newWork(scope, event.speakersGroup)
      await load(work, facts)
      for (const fact of facts) draft(work, fact)
      // Rows of sessions that are going away themselves are nobody's draft.
      const isIn = (session: string) =>
        work.sessions.get(session)?.before?.trackIds.includes(track) ?? false
      const orphans = rows.filter(({ sk }) => !isIn(sk))
      const ended = orphans.map(({ sk }) => remove(keys.trackSession(scope, track, sk)))
      await transact(scope, [...stepsOf(work), ...ended])
    })
  }
  return false
}
