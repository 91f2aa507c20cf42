import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { customValues } from '#lib/model/custom-values.ts'
import { type RoleId, roles, type Session, speaker } from '#lib/model/session.ts'
import type { WantedSession } from '#lib/model/session-links.ts'
import { listFields } from '#lib/store/read/custom-fields.ts'
import { resolveReferences } from '#lib/store/read/references.ts'
import type { SessionChange } from '#lib/store/write/sessions.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { SessionBody } from './session.ts'
import { requireRole } from './session-role.ts'

/**
 * What a PUT or POST body wants a session to be, as it is now (undefined: not made yet): own fields that it leaves
 * out are cleared, relations stay.
 */
export async function sessionChange(
  scope: EventScope,
  body: SessionBody,
  current: Session | undefined,
): Promise<SessionChange> {
  const sent = body.custom_fields_meta ?? {}
  const fields = Object.keys(sent).length > 0 ? await listFields(scope, 'sessions') : []
  const links = body.external_links ?? []
  return {
    name: body.session_name,
    description: body.session_description ?? '',
    date: body.session_date,
    start: body.session_start_time,
    end: body.session_end_time,
    endDate: body.session_end_date ?? undefined,
    format: body.session_format ?? 'BREAKOUT_SESSION',
    location: body.location ?? '',
    status: body.session_status === 'SCHEDULED' ? undefined : (body.session_status ?? undefined),
    subtitle: body.session_subtitle || undefined,
    language: body.session_language ?? undefined,
    roomId: await roomOf(scope, body.room_id),
    capacity: body.capacity ?? undefined,
    waitlist: body.waitlist || undefined,
    links: links.map(({ link_name: name, link_url: url }) => ({ name: name ?? '', url })),
    docs: body.docs ?? [],
    custom: customValues(sent, fields, scope.system),
    externalIds: body.external_ids ?? undefined,
    relations: await relationsOf(scope, body, current?.roles ?? {}),
  }
}

async function roomOf(scope: EventScope, sent: string | null | undefined) {
  if (!sent) return undefined
  const [room] = await resolveReferences(scope, 'room', [sent], () => 'room_id')
  return room?.id
}

/** Resolves what the body refers to; throws `invalid_reference` naming the entry. */
async function relationsOf(
  scope: EventScope,
  body: SessionBody,
  current: Session['roles'],
): Promise<WantedSession> {
  const [tracks, given, speakers] = await Promise.all([
    body.session_tracks &&
      resolveReferences(scope, 'track', body.session_tracks, (n) => `session_tracks[${n}]`),
    body.session_roles && givenRoles(scope, body.session_roles),
    body.speakers && peopleNamed(scope, body.speakers, 'speakers'),
  ])
  const wanted = given ?? (speakers && { [speaker]: [] as string[] })
  // `speakers` beside `session_roles` adds to it: it is a shorthand for one of its entries.
  if (wanted && speakers) wanted[speaker] = unique([...(wanted[speaker] ?? []), ...speakers])
  checkNumber({ ...current, ...wanted })
  return {
    ...(wanted && { roles: wanted }),
    ...(tracks && { tracks: unique(tracks.map(({ id }) => id)) }),
  }
}

type SentRoles = NonNullable<SessionBody['session_roles']>

async function givenRoles(scope: EventScope, sent: SentRoles) {
  const named = sent.map((one, n) => ({ role: roleOf(one, n), people: one.people_list }))
  const found = await Promise.all(
    named.map(({ people }, n) => peopleNamed(scope, people, `session_roles[${n}].people_list`)),
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
  const byId = id ? requireRole(id, `${at}id`) : undefined
  const byName = name ? requireRole(name, `${at}name`) : undefined
  if (byId && byName && byId !== byName) {
    const message = 'session_role_id and session_role_name are two roles.'
    throw new ApiError('invalid_reference', { field: `${at}name`, message })
  }
  return (byId ?? byName) as RoleId
}

async function peopleNamed(scope: EventScope, sent: string[], field: string): Promise<string[]> {
  const people = await resolveReferences(scope, 'person', sent, (n) => `${field}[${n}]`)
  return unique(people.map(({ id }) => id))
}

function checkNumber(next: Record<string, string[]>): void {
  const most = limits.sessionRolePeople.value
  if (Object.values(next).flat().length <= most) return
  const message = `At most ${most} people with a role.`
  throw new ApiError('invalid_body', { field: 'session_roles', message })
}

const unique = (ids: string[]): string[] => [...new Set(ids)]
