import { ApiError } from '#lib/base/errors.ts'
import type { Page, PageWanted } from '#lib/base/page.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { Group } from '#lib/model/group.ts'
import type { Person } from '#lib/model/person.ts'
import { deletingOf } from '#lib/store/deleting.ts'
import { findMany } from '#lib/store/find-many.ts'
import { sets } from '#lib/store/sets.ts'
import { listCounted } from '#lib/table/counted.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { listPeopleIn } from './attendees.ts'
import { knownIds } from './known-ids.ts'

type NamedMember = { member_id?: string | undefined; member_email?: string | undefined }

/** Members of a group in id order; Attendees is everyone of the event. */
export async function listMembers(
  scope: EventScope,
  group: Group,
  wanted: PageWanted,
): Promise<Page<Person>> {
  if (group.type === 'attendees') {
    const without = deletingOf(scope, 'person')
    return listCounted<Person & { sk: string }>(scope, sets.people(scope), { ...wanted, without })
  }
  return listPeopleIn(scope, sets.members(scope, group.id), wanted)
}

/**
 * The people that `group_members` names by id or e-mail, each once; throws `invalid_reference` or
 * `member_mismatch` with the entry.
 */
export async function membersNamed(scope: EventScope, sent: NamedMember[]): Promise<string[]> {
  const [ids, owners] = await Promise.all([
    knownIds(
      scope,
      'person',
      sent.map(({ member_id: id }) => (id ? { id } : undefined)),
    ),
    knownIds(
      scope,
      'person',
      sent.map(({ member_email: email }) => (email ? { email } : undefined)),
    ),
  ])
  const wanted = sent.map(({ member_id, member_email }, n) => {
    const owner = owners[n]
    if (member_email && !owner) throw missing(sent, n, 'member_email')
    if (member_id && !ids[n]) throw missing(sent, n, 'member_id')
    return { id: ids[n] ?? owner ?? '', owner }
  })
  const people = await findMany(
    scope,
    'person',
    wanted.map(({ id }) => id),
  )
  wanted.forEach(({ id, owner }, n) => {
    if (!people.has(id)) throw missing(sent, n, sent[n]?.member_id ? 'member_id' : 'member_email')
    if (owner && owner !== id)
      throw new ApiError('member_mismatch', { field: `group_members[${n}]` })
  })
  return [...people.keys()]
}

function missing(sent: NamedMember[], n: number, name: 'member_id' | 'member_email'): ApiError {
  const detail = unknownReference('person', sent[n]?.[name] ?? '', `group_members[${n}].${name}`)
  return new ApiError('invalid_reference', detail)
}
