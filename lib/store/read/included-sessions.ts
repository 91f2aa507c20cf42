import type { Field } from '#lib/model/custom-field.ts'
import type { Person } from '#lib/model/person.ts'
import type { Room } from '#lib/model/room.ts'
import type { Session } from '#lib/model/session.ts'
import type { Track } from '#lib/model/track.ts'
import { required } from '#lib/store/document.ts'
import { sessions } from '#lib/store/documents/sessions.ts'
import { findMore } from '#lib/store/find-many.ts'
import { settled } from '#lib/store/links/open-job.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { fieldsBeside } from './custom-fields.ts'

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

type Loading = {
  withNames?: boolean
  /** What was read in this very attempt, and need not be again. */
  known?: IncludedForSessions | undefined
}

export async function loadIncludedForSessions(
  scope: EventScope,
  some: Pick<Session, 'custom' | 'roles' | 'trackIds' | 'roomId'>[],
  { withNames = scope.system !== undefined, known }: Loading = {},
): Promise<IncludedForSessions> {
  const named = withNames ? some : []
  const custom = some.some((session) => Object.keys(session.custom).length > 0)
  const [people, tracks, rooms, fields] = await Promise.all([
    findMore(
      scope,
      'person',
      named.flatMap(({ roles }) => Object.values(roles).flat()),
      known?.people,
    ),
    findMore(
      scope,
      'track',
      named.flatMap(({ trackIds }) => trackIds),
      known?.tracks,
    ),
    findMore(
      scope,
      'room',
      named.flatMap(({ roomId }) => roomId ?? []),
      known?.rooms,
    ),
    custom ? fieldsBeside(scope, 'sessions', known) : [],
  ])
  return { people, tracks, rooms, fields, deleting: scope.deleting }
}

export const loadSession = async (
  scope: EventScope,
  session: Session,
  known?: IncludedForSessions,
): Promise<LoadedSession> => ({
  session,
  included: await loadIncludedForSessions(scope, [session], { known }),
})

/** The session with this id of ours, once nothing that was decided about it is left to do; or `session_not_found`. */
export const requireSession = (scope: EventScope, id: string | undefined): Promise<Session> =>
  settled(scope, () => required(scope, sessions, id))

export const requireLoadedSession = async (
  scope: EventScope,
  id: string | undefined,
): Promise<LoadedSession> => loadSession(scope, await requireSession(scope, id))
