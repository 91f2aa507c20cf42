import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { customValues } from '#lib/model/custom-values.ts'
import { externalIdsOf } from '#lib/model/external-id-rules.ts'
import { type RoleId, roleNamed, roles, type Session, speaker } from '#lib/model/session.ts'
import type { LinkChange } from '#lib/store/links/changeset.ts'
import { resolveReferences } from '#lib/store/read/references.ts'
import { listFields } from '#lib/store/write/custom-fields.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { SessionBody } from './session.ts'

/** Relations as a body wants them, in its order; absent ones stay as they are. */
export type WantedSession = { roles?: Record<string, string[]>; tracks?: string[] }

/** The session's own fields after a PUT or POST body: what the body leaves out is cleared. */
export async function ownSessionFields(
  scope: EventScope,
  body: SessionBody,
  system: string | undefined,
  current: Pick<Session, 'id' | 'externalIds'> | undefined,
) {
  const sent = body.custom_fields_meta ?? {}
  const custom =
    Object.keys(sent).length > 0
      ? customValues(sent, await listFields(scope, 'sessions'), system)
      : {}
  const links = body.external_links ?? []
  return {
    name: body.session_name,
    description: body.session_description ?? '',
    date: body.session_date,
    start: body.session_start_time,
    end: body.session_end_time,
    format: body.session_format ?? ('BREAKOUT_SESSION' as const),
    location: body.location ?? '',
    capacity: body.capacity ?? undefined,
    links: links.map(({ link_name: name, link_url: url }) => ({ name: name ?? '', url })),
    docs: body.docs ?? [],
    custom,
    externalIds: body.external_ids
      ? externalIdsOf(body.external_ids, current?.id, 'external_ids')
      : (current?.externalIds ?? []),
  }
}

/** Resolves what the body refers to; throws `invalid_reference` naming the entry. */
export async function wantedOfSession(
  scope: EventScope,
  body: SessionBody,
  system: string | undefined,
  current: Pick<Session, 'roles'>,
): Promise<WantedSession> {
  const [tracks, given, speakers] = await Promise.all([
    body.session_tracks &&
      resolveReferences(scope, 'track', body.session_tracks, system, (n) => `session_tracks[${n}]`),
    body.session_roles && givenRoles(scope, body.session_roles, system),
    body.speakers && peopleNamed(scope, body.speakers, system, 'speakers'),
  ])
  const wanted = given ?? (speakers && { [speaker]: [] as string[] })
  // `speakers` beside `session_roles` adds to it: it is a shorthand for one of its entries.
  if (wanted && speakers) wanted[speaker] = unique([...(wanted[speaker] ?? []), ...speakers])
  checkNumber({ ...current.roles, ...wanted })
  return {
    ...(wanted && { roles: wanted }),
    ...(tracks && { tracks: unique(tracks.map(({ id }) => id)) }),
  }
}

type SentRoles = NonNullable<SessionBody['session_roles']>

async function givenRoles(scope: EventScope, sent: SentRoles, system: string | undefined) {
  const named = sent.map((one, n) => ({ role: roleOf(one, n), people: one.people_list }))
  const found = await Promise.all(
    named.map(({ people }, n) =>
      peopleNamed(scope, people, system, `session_roles[${n}].people_list`),
    ),
  )
  const wanted: Record<string, string[]> = Object.fromEntries(roles.map(({ id }) => [id, []]))
  named.forEach(({ role }, n) => {
    wanted[role] = unique([...(wanted[role] ?? []), ...(found[n] ?? [])])
  })
  return wanted
}

/** The role of an entry, by id, by name or by both when they agree. */
function roleOf({ session_role_id: id, session_role_name: name }: SentRoles[number], n: number) {
  const at = `session_roles[${n}].session_role_`
  if (!id && !name) {
    const message = 'Expected session_role_id or session_role_name.'
    throw new ApiError('invalid_body', { field: `${at}id`, message })
  }
  const known = (text: string, field: string): RoleId => {
    const role = roleNamed(text)
    if (!role) throw new ApiError('invalid_reference', { field: `${at}${field}` })
    return role
  }
  const byId = id ? known(id, 'id') : undefined
  const byName = name ? known(name, 'name') : undefined
  if (byId && byName && byId !== byName) {
    throw new ApiError('invalid_reference', { field: `${at}name` })
  }
  return (byId ?? byName) as RoleId
}

async function peopleNamed(
  scope: EventScope,
  sent: string[],
  system: string | undefined,
  field: string,
): Promise<string[]> {
  const people = await resolveReferences(scope, 'person', sent, system, (n) => `${field}[${n}]`)
  return unique(people.map(({ id }) => id))
}

function checkNumber(next: Record<string, string[]>): void {
  const most = limits.sessionRolePeople.value
  if (Object.values(next).flat().length <= most) return
  const message = `At most ${most} people with a role.`
  throw new ApiError('invalid_body', { field: 'session_roles', message })
}

/** The links that lead from what the session has now to what is wanted; what ends comes first. */
export function sessionLinks(session: Session, wanted: WantedSession): LinkChange[] {
  const changes: LinkChange[] = []
  for (const [role, people] of Object.entries(wanted.roles ?? {})) {
    const has = session.roles[role] ?? []
    const link = (person: string) => ({ kind: 'role', person, session: session.id, role }) as const
    changes.push(...between(has, people).map(({ id, added }) => ({ link: link(id), added })))
  }
  const link = (track: string) => ({ kind: 'track', session: session.id, track }) as const
  const tracks = wanted.tracks ? between(session.trackIds, wanted.tracks) : []
  changes.push(...tracks.map(({ id, added }) => ({ link: link(id), added })))
  return changes.sort((a, b) => Number(a.added) - Number(b.added))
}

/** Puts the session's relations into the wanted order; what is not wanted by name stays behind. */
export function inWantedOrder(session: Session, wanted: WantedSession): Session {
  const lists = Object.entries(session.roles).map(([role, people]) => [
    role,
    ordered(people, wanted.roles?.[role]),
  ])
  return {
    ...session,
    roles: Object.fromEntries(lists),
    trackIds: ordered(session.trackIds, wanted.tracks),
  }
}

function ordered(has: string[], wanted: string[] | undefined): string[] {
  if (!wanted) return has
  const there = new Set(has)
  return unique([...wanted.filter((id) => there.has(id)), ...has])
}

function between(before: string[], after: string[]) {
  const [had, has] = [new Set(before), new Set(after)]
  return [
    ...before.filter((id) => !has.has(id)).map((id) => ({ id, added: false })),
    ...after.filter((id) => !had.has(id)).map((id) => ({ id, added: true })),
  ]
}

const unique = (ids: string[]): string[] => [...new Set(ids)]
