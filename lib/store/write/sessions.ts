import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import type { Session } from '#lib/model/session.ts'
import { checkTimes } from '#lib/model/session-times.ts'
import { markDeleting, unmarkDeleting } from '#lib/store/deleting.ts'
import { externalWrites } from '#lib/store/external-ids.ts'
import { newJob } from '#lib/store/jobs/queue.ts'
import { applyLinks } from '#lib/store/links/apply.ts'
import { type LinkChange, load, newChangeset, stageSession } from '#lib/store/links/changeset.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import {
  type LoadedSession,
  loadIncludedForSessions,
  requireLoadedSession,
} from '#lib/store/read/included-sessions.ts'
import { pending } from '#lib/table/idempotency.ts'
import { keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { RecordedResponse } from '#lib/table/scope.ts'
import { check, maxWrites, transact, type Write } from '#lib/table/transact.ts'
import type { SessionBody } from '#lib/wire/session.ts'
import {
  inWantedOrder,
  ownSessionFields,
  sessionLinks,
  type WantedSession,
  wantedOfSession,
} from '#lib/wire/session-body.ts'
import type { Asked } from './people.ts'
import { capacityWrites, newSeatWrites } from './seats.ts'
import { orderWrites, trackOrderWrites } from './session-order.ts'
import { settle } from './settle-session.ts'

/** Makes a session with all relations; one of more than one transaction is hidden until complete. */
export async function createSession(
  asked: Asked,
  body: SessionBody,
  reply: (made: LoadedSession) => RecordedResponse,
  upsert: ExternalId[] = [],
): Promise<RecordedResponse> {
  const { scope, view } = asked
  const own = await ownSessionFields(scope, body, view.system, undefined)
  const others = own.externalIds.filter(({ system }) => system !== upsert[0]?.system)
  const at = { createdAt: now(), updatedAt: now(), vr: 1 }
  const id = newId('session')
  const externalIds = [...upsert, ...others]
  const session: Session = withoutBlank({ ...own, ...at, id, externalIds, roles: {}, trackIds: [] })
  checkSize(session)
  checkTimes(session, scope.zone)
  return retryOnConflict(scope, async () => {
    const wanted = await wantedOfSession(scope, body, view.system, session)
    const links = sessionLinks(session, wanted)
    const staged = await stagedSession(asked, undefined, session, links)
    const made = inWantedOrder(staged.session, wanted)
    const outcome = reply(await included(asked, made))
    const lives = check(keys.event(scope.org, scope.event), { exists: true }, 'event_not_found')
    const base = [
      ...newSeatWrites(scope, id, session.capacity),
      ...externalWrites(scope, 'session', id, [], externalIds),
    ]
    const writes = [...staged.writes, ...base, ...orderWrites(scope, undefined, made), lives]
    if (writes.length <= maxWrites) await transact(scope, writes, outcome)
    else await createHidden(asked, session, base, links, outcome)
    return outcome
  })
}

/** Replaces the session's own fields by what `change` gives, and the relations it names. */
export async function updateSession(
  asked: Asked,
  id: string,
  change: (current: LoadedSession) => SessionBody,
  effect: Effect<LoadedSession>,
): Promise<RecordedResponse> {
  const { scope, view } = asked
  return retryOnConflict(scope, async () => {
    const current = await requireLoadedSession(asked, id)
    effect.guard(current)
    const body = change(current)
    const before = current.session
    const own = await ownSessionFields(scope, body, view.system, before)
    const wanted = await wantedOfSession(scope, body, view.system, before)
    const next = withoutBlank({ ...before, ...own, updatedAt: now() })
    checkSize(next)
    checkTimes(next, scope.zone, before)
    const links = sessionLinks(before, wanted)
    const staged = await stagedSession(asked, before, next, links, wanted)
    const outcome = effect.reply(await included(asked, staged.session))
    const writes = [...staged.writes, ...(await ownWrites(asked, before, staged.session))]
    if (writes.length <= maxWrites) await transact(scope, writes, outcome)
    else await updateInParts(asked, before, next, wanted, outcome)
    return outcome
  })
}

/** Everything about a session that is neither its document nor a relation. */
async function ownWrites({ scope }: Asked, before: Session, after: Session): Promise<Write[]> {
  return [
    ...externalWrites(scope, 'session', after.id, before.externalIds, after.externalIds),
    ...orderWrites(scope, before, after),
    ...trackOrderWrites(scope, before, after),
    ...(await capacityWrites(scope, after.id, before.capacity, after.capacity)),
  ]
}

/** The document as it will be with all links, and the writes of both sides. */
async function stagedSession(
  { scope, event }: Pick<Asked, 'scope' | 'event'>,
  before: Session | undefined,
  after: Session,
  links: LinkChange[],
  wanted: WantedSession = {},
): Promise<{ session: Session; writes: Write[] }> {
  const work = newChangeset(scope, event.speakersGroup)
  stageSession(work, before, after)
  await load(work, links)
  for (const link of links) stage(work, link)
  const session = inWantedOrder(work.sessions.get(after.id)?.after ?? after, wanted)
  work.sessions.set(after.id, { before, after: session })
  return { session, writes: writesOf(work) }
}

async function createHidden(
  asked: Asked,
  session: Session,
  base: Write[],
  links: LinkChange[],
  outcome: RecordedResponse,
): Promise<void> {
  const { scope, event } = asked
  const plan = newJob(scope, 'undo-session', { session: session.id }, 40_000)
  const alone = await stagedSession(asked, undefined, session, [])
  const first = [...alone.writes, ...base, markDeleting(scope, session.id), plan.write]
  await transact(scope, first, pending)
  await applyLinks(scope, event.speakersGroup, links, true)
  const shown = [
    ...orderWrites(scope, undefined, session),
    unmarkDeleting(scope, session.id),
    plan.complete,
  ]
  await transact(scope, shown, outcome)
}

async function updateInParts(
  asked: Asked,
  before: Session,
  next: Session,
  wanted: WantedSession,
  outcome: RecordedResponse,
): Promise<void> {
  const { scope, event } = asked
  const plan = newJob(scope, 'settle-session', { session: next.id, ...wanted }, 40_000)
  const alone = await stagedSession(asked, before, next, [])
  const own = await ownWrites(asked, before, next)
  await transact(scope, [...alone.writes, ...own, plan.write], pending)
  await retryOnConflict(scope, async () => {
    const last = await settle(scope, event.speakersGroup, next.id, wanted)
    await transact(scope, [...last, plan.complete], outcome)
  })
}

const included = async ({ scope, view }: Asked, session: Session): Promise<LoadedSession> => ({
  session,
  included: await loadIncludedForSessions(scope, [session], view),
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
