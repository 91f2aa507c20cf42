import type { Effect } from '#lib/http/answer.ts'
import type { Session } from '#lib/model/session.ts'
import { hide } from '#lib/store/deleting.ts'
import { externalSteps } from '#lib/store/external-ids.ts'
import { newPlan } from '#lib/store/jobs/queue.ts'
import { applyFacts } from '#lib/store/links/apply.ts'
import { draftSession, type FactChange, load, newWork } from '#lib/store/links/changeset.ts'
import { draft } from '#lib/store/links/stage.ts'
import { stepsOf } from '#lib/store/links/writes.ts'
import { type LoadedSession, requireLoadedSession } from '#lib/store/read/included-sessions.ts'
import { deleteShelves } from '#lib/table/buckets.ts'
import { keys } from '#lib/table/keys.ts'
import { whileFresh } from '#lib/table/retry.ts'
import type { EventScope, Outcome } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { maxSteps, remove, type Step, transact } from '#lib/table/transact.ts'
import { sessionFacts } from '#lib/wire/session-body.ts'
import type { Asked } from './people.ts'
import { orderSteps } from './session-order.ts'

/**
 * Deletes a session: it vanishes at once, and who has a role in it loses it in the same transaction if that is
 * large enough, else right behind it. A plan takes it out of agendas and tracks.
 */
export async function deleteSession(
  asked: Asked,
  id: string,
  effect: Effect<LoadedSession>,
): Promise<Outcome> {
  const { scope } = asked
  return whileFresh(scope, async () => {
    const current = await requireLoadedSession(asked, id)
    effect.guard(current)
    const { session } = current
    const outcome = effect.reply(current)
    const work = { session: id, roles: session.roles, tracks: session.trackIds }
    const others = [
      ...orderSteps(scope, session, undefined),
      ...ownedSteps(scope, session),
      hide(scope, id),
      newPlan(scope, 'delete-session', work).step,
    ]
    const facts = rolesEnded(session)
    const steps = [...(await removal(asked, session, facts)), ...others]
    const fits = steps.length <= maxSteps
    const alone = fits ? [] : [...(await removal(asked, session, [])), ...others]
    await transact(scope, fits ? steps : alone, outcome)
    // Whatever this does not get done is in the plan.
    if (!fits) await applyFacts(scope, asked.event.speakersGroup, facts).catch(() => undefined)
    return outcome
  })
}

/** What a session has for itself: external ids, attendee counts, seats. Without counts nobody can join. */
export const ownedSteps = (scope: EventScope, session: Session): Step[] => [
  ...externalSteps(scope, 'session', session.id, session.externalIds, []),
  ...deleteShelves(sets.attendees(scope, session.id)),
  ...(session.capacity === undefined ? [] : [remove(keys.seats(scope, session.id))]),
]

/** The facts that end all roles of the session. */
function rolesEnded(session: Session): FactChange[] {
  const none = Object.fromEntries(Object.keys(session.roles).map((role) => [role, []]))
  return sessionFacts(session, { roles: none })
}

async function removal(
  { scope, event }: Asked,
  session: Session,
  facts: FactChange[],
): Promise<Step[]> {
  const work = newWork(scope, event.speakersGroup)
  draftSession(work, session, session)
  work.removed.add(session.id)
  await load(work, facts)
  for (const fact of facts) draft(work, fact)
  return stepsOf(work)
}
