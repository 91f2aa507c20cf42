import { ApiError } from '#lib/base/errors.ts'
import type { Field } from '#lib/model/custom-field.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import type { Track } from '#lib/model/track.ts'
import { listFields } from '#lib/store/write/custom-fields.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { View } from '#lib/wire/presentation.ts'
import { existing } from './references.ts'

/** Sessions with all that printing them needs: a fixed number of store calls however many they are. */
export type LoadedSession = { session: Session; around: SessionAround }
export type SessionAround = {
  fields: Field[]
  /** People with roles, and tracks, with their external ids; only read when the caller's system prints them. */
  people: Map<string, Person>
  tracks: Map<string, Track>
  gone: ReadonlySet<string>
}

export async function loadAroundSessions(
  scope: EventScope,
  sessions: Pick<Session, 'custom' | 'roles' | 'trackIds'>[],
  view: Pick<View, 'system'>,
): Promise<SessionAround> {
  const known = view.system ? sessions : []
  const custom = sessions.some((session) => Object.keys(session.custom).length > 0)
  const [people, tracks, fields] = await Promise.all([
    existing(
      scope,
      'person',
      known.flatMap(({ roles }) => Object.values(roles).flat()),
    ),
    existing(
      scope,
      'track',
      known.flatMap(({ trackIds }) => trackIds),
    ),
    custom ? listFields(scope, 'sessions') : [],
  ])
  return { people, tracks, fields, gone: scope.gone }
}

/** The session with this id of ours, unless missing or vanishing; then throws `session_not_found`. */
export async function requireSession(scope: EventScope, id: string | undefined): Promise<Session> {
  const living = id !== undefined && !scope.gone.has(id)
  const session = living ? await getRow<Session>(scope, keys.session(scope, id)) : undefined
  if (!session) throw new ApiError('session_not_found')
  return session
}

type Asking = { scope: EventScope; view: Pick<View, 'system'> }

export async function requireLoadedSession({ scope, view }: Asking, id: string | undefined) {
  const session = await requireSession(scope, id)
  return { session, around: await loadAroundSessions(scope, [session], view) }
}
