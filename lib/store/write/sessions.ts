import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import {
  type ExternalId,
  firstExternalIds,
  nextExternalIds,
  type SentIds,
} from '#lib/model/external-id.ts'
import type { Session } from '#lib/model/session.ts'
import { sessionLinks, type WantedSession } from '#lib/model/session-links.ts'
import { checkTimes, keptTimes } from '#lib/model/session-times.ts'
import { born, type Precondition } from '#lib/store/document.ts'
import { type Changeset, newChangeset, stageSession } from '#lib/store/links/changeset.ts'
import { commitLinks } from '#lib/store/links/commit-links.ts'
import { whenSettled } from '#lib/store/links/open-job.ts'
import {
  type LoadedSession,
  loadSession,
  requireLoadedSession,
} from '#lib/store/read/included-sessions.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { check, type Write } from '#lib/table/writes.ts'
import { type CapacityChange, capacityChange, newSeatWrites } from './seats.ts'
import { promoteWaiting } from './waitlist.ts'

/** Fields that a session need not have. */
type Optional = 'capacity' | 'waitlist' | 'endDate' | 'status' | 'subtitle' | 'language' | 'roomId'

type Own = Omit<
  Session,
  'id' | 'externalIds' | 'roles' | 'trackIds' | Optional | 'createdAt' | 'updatedAt' | 'vr' | 'open'
>

/** What somebody wants a session to be: own fields, and relations (absent ones stay as they are). */
export type SessionChange = Own & {
  [K in Optional]: Session[K] | undefined
} & {
  externalIds: SentIds
  relations: WantedSession
}

/** Makes a session with all relations. `wanted` is asked anew when somebody came between. */
export function createSession(
  scope: EventScope,
  wanted: () => Promise<SessionChange>,
  upsert: ExternalId[] = [],
): Promise<LoadedSession> {
  const id = newId('session')
  return whenSettled(scope, async () => {
    const { externalIds, relations, ...own } = await wanted()
    const ids = firstExternalIds(externalIds, upsert)
    const fields = { ...own, ...born(), id, externalIds: ids, roles: {}, trackIds: [] }
    const sent: Session = withoutBlank(fields)
    checkTimes(sent, scope.zone)
    const after = keptTimes(sent)
    return writeSession(scope, { after, relations })
  })
}

/** Replaces the session's own fields, and the relations that `wanted` names. */
export async function updateSession(
  scope: EventScope,
  id: string,
  wanted: (current: LoadedSession) => Promise<SessionChange>,
  precondition: Precondition<LoadedSession>,
): Promise<LoadedSession> {
  const updated = await updateAlone(scope, id, { wanted, precondition })
  // Whom this does not get a seat, the job does.
  if (updated.session.waitlist && !scope.trial) {
    await promoteWaiting(scope, id).catch(() => undefined)
  }
  return updated
}

type Updating = {
  wanted: (current: LoadedSession) => Promise<SessionChange>
  precondition: Precondition<LoadedSession>
}

const updateAlone = (
  scope: EventScope,
  id: string,
  { wanted, precondition }: Updating,
): Promise<LoadedSession> =>
  whenSettled(scope, async () => {
    const current = await requireLoadedSession(scope, id)
    precondition(current)
    const { session: before } = current
    const { externalIds, relations, ...own } = await wanted(current)
    const ids = nextExternalIds(externalIds, before)
    const sent = withoutBlank({ ...before, ...own, externalIds: ids, updatedAt: now() })
    checkTimes(sent, scope.zone, before)
    const after = keptTimes(sent)
    return writeSession(scope, { before, after, relations, known: current.included })
  })

type SessionWrite = {
  before?: Session
  after: Session
  relations: WantedSession
  /** What was read with the session as it was. */
  known?: LoadedSession['included']
}

async function writeSession(scope: EventScope, write: SessionWrite): Promise<LoadedSession> {
  const { before, after, relations } = write
  checkSize(after)
  const capacity: CapacityChange = before
    ? await capacityChange(scope, after.id, [before.capacity, after.capacity])
    : { writes: newSeatWrites(scope, after.id, after.capacity) }
  return commitLinks(scope, {
    owner: { kind: 'session', id: after.id },
    begin: (job) => {
      const changeset = beginning(scope, write, job)
      if (capacity.promoting) changeset.promoting.set(after.id, capacity.promoting)
      return changeset
    },
    links: sessionLinks(before ?? after, relations),
    more: [...capacity.writes, ...roomChecks(scope, before, after)],
    made: (changeset) =>
      loadSession(scope, changeset.sessions.get(after.id)?.after ?? after, write.known),
    wanted: relations,
  })
}

/** A room that a session comes to is there; one that it is in already may go, and takes itself out of it. */
function roomChecks(scope: EventScope, before: Session | undefined, { roomId }: Session): Write[] {
  if (roomId === undefined || before?.roomId === roomId) return []
  const detail = unknownReference('room', roomId, 'room_id')
  const missing = { error: 'invalid_reference', detail } as const
  return [check(keys.plain(scope, 'room', roomId), { exists: true }, missing)]
}

function beginning(
  scope: EventScope,
  { before, after }: SessionWrite,
  job: string | undefined,
): Changeset {
  const changeset = newChangeset(scope)
  stageSession(changeset, before, { ...after, ...(job !== undefined && { open: job }) })
  return changeset
}

/** What is not said of a session is no attribute of it at all. */
function withoutBlank<T extends { [K in Optional]?: Session[K] | undefined }>(sent: T) {
  const said = Object.entries(sent).filter(([, value]) => value !== undefined)
  return Object.fromEntries(said) as Omit<T, Optional> & Pick<Session, Optional>
}

function checkSize(session: Session): void {
  const own = { ...session, roles: {}, trackIds: [] }
  const size = Buffer.byteLength(JSON.stringify(own))
  if (size > limits.entityBytes.value) throw new ApiError('too_large', { field: '' })
}
