import { ApiError } from '#lib/base/errors.ts'
import { customValues } from '#lib/model/custom-values.ts'
import { externalIdsOf } from '#lib/model/external-id-rules.ts'
import type { AgendaEntry, CustomValue, Person } from '#lib/model/person.ts'
import { roleNamed } from '#lib/model/session.ts'
import type { LinkChange } from '#lib/store/links/changeset.ts'
import { resolveReferences } from '#lib/store/read/references.ts'
import { listFields } from '#lib/store/write/custom-fields.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { PersonBody } from './person.ts'

/** Relations as a body wants them; absent ones stay as they are. */
export type Wanted = {
  groups?: string[]
  agenda?: Record<string, AgendaEntry>
}

/** The person's own fields after a PUT or POST body: what the body leaves out is cleared. */
export async function ownFields(
  scope: EventScope,
  body: PersonBody,
  system: string | undefined,
  current: Pick<Person, 'id' | 'externalIds' | 'docs'> | undefined,
) {
  const profile = body.profile ?? {}
  const links = profile.social_contacts ?? {}
  return {
    firstName: profile.first_name ?? '',
    lastName: profile.last_name ?? '',
    email: profile.email_address ?? '',
    company: profile.company ?? '',
    title: profile.title ?? '',
    about: profile.about ?? '',
    social: {
      twitter: links.twitter_url ?? '',
      facebook: links.facebook_url ?? '',
      linkedin: links.linkedin_url ?? '',
      website: links.website_url ?? '',
    },
    custom: await customOf(scope, body.custom_fields_meta ?? {}, system),
    externalIds: body.external_ids
      ? externalIdsOf(body.external_ids, current?.id, 'external_ids')
      : (current?.externalIds ?? []),
    docs: body.link_docs ?? current?.docs ?? [],
  }
}

async function customOf(
  scope: EventScope,
  sent: Record<string, CustomValue | null>,
  system: string | undefined,
): Promise<Record<string, CustomValue>> {
  if (Object.keys(sent).length === 0) return {}
  return customValues(sent, await listFields(scope, 'people'), system)
}

/** Resolves what the body refers to; throws `invalid_reference` or `builtin_group` naming the entry. */
export async function wantedRelations(
  scope: EventScope,
  body: PersonBody,
  system: string | undefined,
  current: Pick<Person, 'groupIds'>,
): Promise<Wanted> {
  const [groups, agenda] = await Promise.all([
    body.assign_groups && wantedGroups(scope, body.assign_groups, system, current),
    body.assign_agenda && wantedAgenda(scope, body.assign_agenda.sessions, system),
  ])
  return { ...(groups && { groups }), ...(agenda && { agenda }) }
}

async function wantedGroups(
  scope: EventScope,
  sent: string[],
  system: string | undefined,
  current: Pick<Person, 'groupIds'>,
): Promise<string[]> {
  const groups = await resolveReferences(scope, 'group', sent, system, (n) => `assign_groups[${n}]`)
  const custom = groups.filter((group, n) => {
    if (group.type === 'custom') return true
    // Built-in groups that an answer listed may come back with the others.
    if (current.groupIds?.has(group.id)) return false
    throw new ApiError('builtin_group', { field: `assign_groups[${n}]` })
  })
  return [...new Set(custom.map(({ id }) => id))]
}

type SentAgenda = NonNullable<PersonBody['assign_agenda']>['sessions']

async function wantedAgenda(
  scope: EventScope,
  sent: SentAgenda,
  system: string | undefined,
): Promise<Record<string, AgendaEntry>> {
  const ids = sent.map(({ session_id }) => session_id)
  const at = (n: number) => `assign_agenda.sessions[${n}]`
  const sessions = await resolveReferences(
    scope,
    'session',
    ids,
    system,
    (n) => `${at(n)}.session_id`,
  )
  const agenda: Record<string, AgendaEntry> = {}
  sessions.forEach(({ id }, n) => {
    const roles = (sent[n]?.session_roles ?? []).map((name, m) => {
      const role = roleNamed(name)
      if (!role) throw new ApiError('invalid_reference', { field: `${at(n)}.session_roles[${m}]` })
      return role
    })
    const entry = agenda[id] ?? { attends: false, roles: [] }
    agenda[id] = {
      attends: entry.attends || roles.length === 0,
      roles: [...new Set([...entry.roles, ...roles])],
    }
  })
  return agenda
}

/** The links that lead from what the person is in now to what is wanted. Speakers follows from roles. */
export function linksFor(
  person: Person,
  wanted: Wanted,
  isCustom: (group: string) => boolean,
): LinkChange[] {
  return [...groupLinks(person, wanted.groups, isCustom), ...agendaLinks(person, wanted.agenda)]
}

function groupLinks(
  person: Person,
  groups: string[] | undefined,
  isCustom: (id: string) => boolean,
) {
  if (!groups) return []
  const link = (group: string) => ({ kind: 'member' as const, person: person.id, group })
  const has = [...(person.groupIds ?? [])].filter(isCustom)
  return [
    ...has.filter((id) => !groups.includes(id)).map((id) => ({ link: link(id), added: false })),
    ...groups.filter((id) => !has.includes(id)).map((id) => ({ link: link(id), added: true })),
  ]
}

function agendaLinks(
  person: Person,
  agenda: Record<string, AgendaEntry> | undefined,
): LinkChange[] {
  if (!agenda) return []
  const none: AgendaEntry = { attends: false, roles: [] }
  const sessions = new Set([...Object.keys(person.agenda), ...Object.keys(agenda)])
  return [...sessions].flatMap((session) => {
    const before = person.agenda[session] ?? none
    const after = agenda[session] ?? none
    const base = { person: person.id, session }
    const roles = [...new Set([...before.roles, ...after.roles])]
    return [
      ...(before.attends === after.attends
        ? []
        : [{ link: { kind: 'attends' as const, ...base }, added: after.attends }]),
      ...roles
        .filter((role) => before.roles.includes(role) !== after.roles.includes(role))
        .map((role) => ({
          link: { kind: 'role' as const, ...base, role },
          added: after.roles.includes(role),
        })),
    ]
  })
}
