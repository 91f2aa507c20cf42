import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import type { Session } from '#lib/model/session.ts'
import { checkTimes } from '#lib/model/session-times.ts'
import { hide, unhide } from '#lib/store/deleting.ts'
import { externalSteps } from '#lib/store/external-ids.ts'
import { newPlan } from '#lib/store/jobs/queue.ts'
import { applyFacts } from '#lib/store/links/apply.ts'
import { draftSession, type FactChange, load, newWork } from '#lib/store/links/changeset.ts'
import { draft } from '#lib/store/links/stage.ts'
import { stepsOf } from '#lib/store/links/writes.ts'
import {
  type LoadedSession,
  loadAroundSessions,
  requireLoadedSession,
} from '#lib/store/read/included-sessions.ts'
import { pending } from '#lib/table/idempotency.ts'
import { keys } from '#lib/table/keys.ts'
import { whileFresh } from '#lib/table/retry.ts'
import type { Outcome } from '#lib/table/scope.ts'
import { check, maxSteps, type Step, transact } from '#lib/table/transact.ts'
import type { SessionBody } from '#lib/wire/session.ts'
import {
  inWantedOrder,
  ownSessionFields,
  sessionFacts,
  type WantedSession,
  wantedOfSession,
} from '#lib/wire/session-body.ts'
import type { Asked } from './people.ts'
import { capacitySteps, newSeatSteps } from './seats.ts'
import { orderSteps, trackOrderSteps } from './session-order.ts'
import { settle } from './settle-session.ts'

/** Makes a session with all relations; one of more than one transaction is hidden until complete. */
export async function createSession(
  asked: Asked,
  body: SessionBody,
  reply: (made: LoadedSession) => Outcome,
  upsert: ExternalId[] = [],
): Promise<Outcome> {
  const { scope, view } = asked
  const own = await ownSessionFields(scope, body, view.system, undefined)
  const others = own.externalIds.filter(({ system }) => system !== upsert[0]?.system)
  const at = { createdAt: now(), updatedAt: now(), vr: 1 }
  const id = newId('session')
  const externalIds = [...upsert, ...others]
  const session: Session = withoutBlank({ ...own, ...at, id, externalIds, roles: {}, trackIds: [] })
  checkSize(session)
  checkTimes(session, scope.zone)
  return whileFresh(scope, async () => {
    const wanted = await wantedOfSession(scope, body, view.system, session)
    const facts = sessionFacts(session, wanted)
    const drafted = await draftedSession(asked, undefined, session, facts)
    const made = inWantedOrder(drafted.session, wanted)
    const outcome = reply(await around(asked, made))
    const lives = check(keys.event(scope.org, scope.event), { exists: true }, 'event_not_found')
    const base = [
      ...newSeatSteps(scope, id, session.capacity),
      ...externalSteps(scope, 'session', id, [], externalIds),
    ]
    const steps = [...drafted.steps, ...base, ...orderSteps(scope, undefined, made), lives]
    if (steps.length <= maxSteps) await transact(scope, steps, outcome)
    else await createHidden(asked, session, base, facts, outcome)
    return outcome
  })
}

/** Replaces the session's own fields by what `change` gives, and the relations it names. */
export async function updateSession(
  asked: Asked,
  id: string,
  change: (current: LoadedSession) => SessionBody,
  effect: Effect<LoadedSession>,
): Promise<Outcome> {
  const { scope, view } = asked
  return whileFresh(scope, async () => {
    const current = await requireLoadedSession(asked, id)
    effect.guard(current)
    const body = change(current)
    const before = current.session
    const own = await ownSessionFields(scope, body, view.system, before)
    const wanted = await wantedOfSession(scope, body, view.system, before)
    const next = withoutBlank({ ...before, ...own, updatedAt: now() })
    checkSize(next)
    checkTimes(next, scope.zone, before)
    const facts = sessionFacts(before, wanted)
    const drafted = await draftedSession(asked, before, next, facts, wanted)
    const outcome = effect.reply(await around(asked, drafted.session))
    const steps = [...drafted.steps, ...(await ownSteps(asked, before, drafted.session))]
    if (steps.length <= maxSteps) await transact(scope, steps, outcome)
    else await updateInParts(asked, before, next, wanted, outcome)
    return outcome
  })
}

/** Everything about a session that is neither its document nor a relation. */
async function ownSteps({ scope }: Asked, before: Session, after: Session): Promise<Step[]> {
  return [
    ...externalSteps(scope, 'session', after.id, before.externalIds, after.externalIds),
    ...orderSteps(scope, before, after),
    ...trackOrderSteps(scope, before, after),
    ...(await capacitySteps(scope, after.id, before.capacity, after.capacity)),
  ]
}

/** The document as it will be with all facts, and the steps of both sides. */
async function draftedSession(
  { scope, event }: Pick<Asked, 'scope' | 'event'>,
  before: Session | undefined,
  after: Session,
  facts: FactChange[],
  wanted: WantedSession = {},
): Promise<{ session: Session; steps: Step[] }> {
  const work = newWork(scope, event.speakersGroup)
  draftSession(work, before, after)
  await load(work, facts)
  for (const fact of facts) draft(work, fact)
  const session = inWantedOrder(work.sessions.get(after.id)?.after ?? after, wanted)
  work.sessions.set(after.id, { before, after: session })
  return { session, steps: stepsOf(work) }
}

async function createHidden(
  asked: Asked,
  session: Session,
  base: Step[],
  facts: FactChange[],
  outcome: Outcome,
): Promise<void> {
  const { scope, event } = asked
  const plan = newPlan(scope, 'undo-session', { session: session.id }, 40_000)
  const alone = await draftedSession(asked, undefined, session, [])
  const first = [...alone.steps, ...base, hide(scope, session.id), plan.step]
  await transact(scope, first, pending)
  await applyFacts(scope, event.speakersGroup, facts, true)
  const shown = [...orderSteps(scope, undefined, session), unhide(scope, session.id), plan.strike]
  await transact(scope, shown, outcome)
}

async function updateInParts(
  asked: Asked,
  before: Session,
  next: Session,
  wanted: WantedSession,
  outcome: Outcome,
): Promise<void> {
  const { scope, event } = asked
  const plan = newPlan(scope, 'settle-session', { session: next.id, ...wanted }, 40_000)
  const alone = await draftedSession(asked, before, next, [])
  const own = await ownSteps(asked, before, next)
  await transact(scope, [...alone.steps, ...own, plan.step], pending)
  await whileFresh(scope, async () => {
    const last = await settle(scope, event.speakersGroup, next.id, wanted)
    await transact(scope, [...last, plan.strike], outcome)
  })
}

const around = async ({ scope, view }: Asked, session: Session): Promise<LoadedSession> => ({
  session,
  around: await loadAroundSessions(scope, [session], view),
})

/** No capacity is no attribute at all. */
function withoutBlank<T extends { capacity?: number | undefined }>({ capacity, ...rest }: T) {
  return { ...rest, ...(capacity !== undefined && { capacity }) }
}

function checkSize(session: Session): void {
  const own = { ...session, roles: {}, trackIds: [] }
  const size = Buffer.byteLength(JSON.stringify(own))
  if (size > limits.entityBytes.value) throw new ApiError('too_large', { field: '' })
}
