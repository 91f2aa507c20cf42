import { ApiError } from '#lib/base/errors.ts'
import type { Field } from '#lib/model/custom-field.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import type { Track } from '#lib/model/track.ts'
import { listFields } from '#lib/store/write/custom-fields.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { findMany } from './references.ts'

/** Sessions with all that printing them needs: a fixed number of store calls however many they are. */
export type LoadedSession = { session: Session; included: IncludedForSessions }
export type IncludedForSessions = {
  fields: Field[]
  /** People with roles, and tracks, with their external ids; only read when the caller's system prints them. */
  people: Map<string, Person>
  tracks: Map<string, Track>
  deleting: ReadonlySet<string>
}

export async function loadIncludedForSessions(
  scope: EventScope,
  sessions: Pick<Session, 'custom' | 'roles' | 'trackIds'>[],
  view: Pick<Presentation, 'system'>,
): Promise<IncludedForSessions> {
  const known = view.system ? sessions : []
  const custom = sessions.some((session) => Object.keys(session.custom).length > 0)
  const [people, tracks, fields] = await Promise.all([
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
    custom ? listFields(scope, 'sessions') : [],
  ])
  return { people, tracks, fields, deleting: scope.deleting }
}

/** The session with this id of ours, unless missing or vanishing; then throws `session_not_found`. */
export async function requireSession(scope: EventScope, id: string | undefined): Promise<Session> {
  const living = id !== undefined && !scope.deleting.has(id)
  const session = living ? await getRow<Session>(scope, keys.session(scope, id)) : undefined
  if (!session) throw new ApiError('session_not_found')
  return session
}

type Asking = { scope: EventScope; view: Pick<Presentation, 'system'> }

export async function requireLoadedSession({ scope, view }: Asking, id: string | undefined) {
  const session = await requireSession(scope, id)
  return { session, included: await loadIncludedForSessions(scope, [session], view) }
}
