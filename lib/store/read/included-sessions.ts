import type { Field } from '#lib/model/custom-field.ts'
import type { Person } from '#lib/model/person.ts'
import type { Room } from '#lib/model/room.ts'
import type { Session } from '#lib/model/session.ts'
import type { Track } from '#lib/model/track.ts'
import { required } from '#lib/store/document.ts'
import { sessions } from '#lib/store/documents/sessions.ts'
import { findMany } from '#lib/store/find-many.ts'
import { settled } from '#lib/store/links/open-job.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { listFields } from './custom-fields.ts'

/** Sessions with all that printing them needs: a fixed number of store calls however many they are. */
export type LoadedSession = { session: Session; included: IncludedForSessions }
export type IncludedForSessions = {
  fields: Field[]
  /** People with roles, tracks and rooms, with their external ids; only read when the caller's system, or an export, prints them. */
  people: Map<string, Person>
  tracks: Map<string, Track>
  rooms: Map<string, Room>
  deleting: ReadonlySet<string>
}

export async function loadIncludedForSessions(
  scope: EventScope,
  some: Pick<Session, 'custom' | 'roles' | 'trackIds' | 'roomId'>[],
  withNames = scope.system !== undefined,
): Promise<IncludedForSessions> {
  const known = withNames ? some : []
  const custom = some.some((session) => Object.keys(session.custom).length > 0)
  const [people, tracks, rooms, fields] = await Promise.all([
    findMany(
      scope,
      'person',
      known.flatMap(({ roles }) => Object.values(roles).flat()),
    ),
    findMany(
      scope,
      'track',
      known.flatMap(({ trackIds }) => trackIds),
    ),
    findMany(
      scope,
      'room',
      known.flatMap(({ roomId }) => roomId ?? []),
    ),
    custom ? listFields(scope, 'sessions') : [],
  ])
  return { people, tracks, rooms, fields, deleting: scope.deleting }
}

export const loadSession = async (scope: EventScope, session: Session): Promise<LoadedSession> => ({
  session,
  included: await loadIncludedForSessions(scope, [session]),
})

/** The session with this id of ours, once nothing that was decided about it is left to do; or `session_not_found`. */
export const requireSession = (scope: EventScope, id: string | undefined): Promise<Session> =>
  settled(scope, () => required(scope, sessions, id))

export const requireLoadedSession = async (
  scope: EventScope,
  id: string | undefined,
): Promise<LoadedSession> => loadSession(scope, await requireSession(scope, id))
