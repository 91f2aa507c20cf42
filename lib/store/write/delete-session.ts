import type { Effect } from '#lib/http/answer.ts'
import type { Session } from '#lib/model/session.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { externalWrites } from '#lib/store/external-ids.ts'
import { newJob } from '#lib/store/jobs/queue.ts'
import { applyLinks } from '#lib/store/links/apply.ts'
import { type LinkChange, load, newChangeset, stageSession } from '#lib/store/links/changeset.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { type LoadedSession, requireLoadedSession } from '#lib/store/read/included-sessions.ts'
import { closeBuckets } from '#lib/table/buckets.ts'
import { keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { maxWrites, remove, transact, type Write } from '#lib/table/transact.ts'
import { sessionLinks } from '#lib/wire/session-body.ts'
import type { Asked } from './people.ts'
import { orderWrites } from './session-order.ts'

/**
 * Deletes a session: it vanishes at once, and who has a role in it loses it in the same transaction if that is
 * large enough, else right behind it. A plan takes it out of agendas and tracks.
 */
export async function deleteSession(
  asked: Asked,
  id: string,
  effect: Effect<LoadedSession>,
): Promise<RecordedResponse> {
  const { scope } = asked
  return retryOnConflict(scope, async () => {
    const current = await requireLoadedSession(asked, id)
    effect.guard(current)
    const { session } = current
    const outcome = effect.reply(current)
    const work = { session: id, roles: session.roles, tracks: session.trackIds }
    const others = [
      ...orderWrites(scope, session, undefined),
      ...ownedWrites(scope, session),
      markDeleting(scope, id),
      newJob(scope, 'delete-session', work).write,
    ]
    const links = rolesEnded(session)
    const writes = [...(await removal(asked, session, links)), ...others]
    const fits = writes.length <= maxWrites
    const alone = fits ? [] : [...(await removal(asked, session, [])), ...others]
    await transact(scope, fits ? writes : alone, outcome)
    // Whatever this does not get done is in the plan.
    if (!fits) await applyLinks(scope, asked.event.speakersGroup, links).catch(() => undefined)
    return outcome
  })
}

/** What a session has for itself: external ids, attendee counts, seats. Without counts nobody can join. */
export const ownedWrites = (scope: EventScope, session: Session): Write[] => [
  ...externalWrites(scope, 'session', session.id, session.externalIds, []),
  ...closeBuckets(sets.attendees(scope, session.id)),
  ...(session.capacity === undefined ? [] : [remove(keys.seats(scope, session.id))]),
]

/** The links that end all roles of the session. */
function rolesEnded(session: Session): LinkChange[] {
  const none = Object.fromEntries(Object.keys(session.roles).map((role) => [role, []]))
  return sessionLinks(session, { roles: none })
}

async function removal(
  { scope, event }: Asked,
  session: Session,
  links: LinkChange[],
): Promise<Write[]> {
  const work = newChangeset(scope, event.speakersGroup)
  stageSession(work, session, session)
  work.removed.add(session.id)
  await load(work, links)
  for (const link of links) stage(work, link)
  return writesOf(work)
}
