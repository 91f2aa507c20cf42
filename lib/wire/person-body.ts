import { ApiError } from '#lib/base/errors.ts'
import type { Field } from '#lib/model/custom-field.ts'
import { customValues } from '#lib/model/custom-values.ts'
import type { AgendaEntry, CustomValue, Person } from '#lib/model/person.ts'
import type { WantedPerson } from '#lib/model/person-links.ts'
import { listFields } from '#lib/store/read/custom-fields.ts'
import { resolveReferences } from '#lib/store/read/references.ts'
import type { PersonChange } from '#lib/store/write/people.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { PersonBody } from './person.ts'
import { requireRole } from './session-role.ts'

type Known = { current?: Person; fields?: () => Promise<Field[]> }

/**
 * What a PUT or POST body wants a person to be, as they are now (undefined: not made yet): own fields that it leaves
 * out are cleared, relations stay. `request` is the API path, for a picture that comes along; `fields` reads the custom
 * fields there are.
 */
export async function personChange(
  scope: EventScope,
  body: PersonBody,
  request: string,
  { current, fields = () => listFields(scope, 'people') }: Known = {},
): Promise<PersonChange> {
  const profile = body.profile ?? {}
  const links = profile.social_contacts ?? {}
  const source = body.upload_picture && { ...body.upload_picture, request }
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
    custom: await customOf(scope, body.custom_fields_meta ?? {}, fields),
    externalIds: body.external_ids ?? undefined,
    docs: body.link_docs ?? current?.docs ?? [],
    relations: await relationsOf(scope, body, current),
    picture: { ...(source && { source }), resource: profile.picture_resource_id },
  }
}

/** A body in which the picture is named even where it says nothing of it: there is none. */
export function withPictureNamed(body: PersonBody): PersonBody {
  const { picture_resource_id: picture = null, ...profile } = body.profile ?? {}
  return { ...body, profile: { ...profile, picture_resource_id: picture } }
}

async function customOf(
  scope: EventScope,
  sent: Record<string, CustomValue | null>,
  fields: () => Promise<Field[]>,
): Promise<Record<string, CustomValue>> {
  if (Object.keys(sent).length === 0) return {}
  return customValues(sent, await fields(), scope.system)
}

/** Resolves what the body refers to; throws `invalid_reference` or `builtin_group` naming the entry. */
async function relationsOf(
  scope: EventScope,
  body: PersonBody,
  current: Pick<Person, 'groupIds'> | undefined,
): Promise<WantedPerson> {
  const [groups, agenda] = await Promise.all([
    body.assign_groups && wantedGroups(scope, body.assign_groups, current),
    body.assign_agenda && wantedAgenda(scope, body.assign_agenda.sessions),
  ])
  return { ...(groups && { groups }), ...(agenda && { agenda }) }
}

async function wantedGroups(
  scope: EventScope,
  sent: string[],
  current: Pick<Person, 'groupIds'> | undefined,
): Promise<string[]> {
  const groups = await resolveReferences(scope, 'group', sent, (n) => `assign_groups[${n}]`)
  const custom = groups.filter((group, n) => {
    if (group.type === 'custom') return true
    // Built-in groups that an answer listed may come back with the others.
    if (current?.groupIds?.has(group.id)) return false
    throw new ApiError('builtin_group', { field: `assign_groups[${n}]` })
  })
  return [...new Set(custom.map(({ id }) => id))]
}

type SentAgenda = NonNullable<PersonBody['assign_agenda']>['sessions']

async function wantedAgenda(
  scope: EventScope,
  sent: SentAgenda,
): Promise<Record<string, AgendaEntry>> {
  const ids = sent.map(({ session_id }) => session_id)
  const at = (n: number) => `assign_agenda.sessions[${n}]`
  const sessions = await resolveReferences(scope, 'session', ids, (n) => `${at(n)}.session_id`)
  const agenda: Record<string, AgendaEntry> = {}
  sessions.forEach(({ id }, n) => {
    const roles = (sent[n]?.session_roles ?? []).map((name, m) =>
      requireRole(name, `${at(n)}.session_roles[${m}]`),
    )
    const entry = agenda[id] ?? { attends: false, roles: [] }
    agenda[id] = {
      attends: entry.attends || roles.length === 0,
      roles: [...new Set([...entry.roles, ...roles])],
    }
  })
  return agenda
}
