import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { canonicalEmail } from '#lib/base/text.ts'
import type { Group } from '#lib/model/group.ts'
import type { Person } from '#lib/model/person.ts'
import { deletingOf } from '#lib/store/deleting.ts'
import { resolveIds } from '#lib/store/external-ids.ts'
import { findMany } from '#lib/store/find-many.ts'
import { settledRows } from '#lib/store/links/open-job.ts'
import { sets } from '#lib/store/sets.ts'
import { listCounted } from '#lib/table/counted.ts'
import { keptList, stateOfAll, stateOfSet } from '#lib/table/kept-lists.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { findPeople } from './find-people.ts'
import { groupsNamed } from './groups.ts'
import { knownIds } from './known-ids.ts'
import { listMembers } from './members.ts'

/** Filters of the people list: AND between them, OR inside each; unknown and foreign values match nothing. */
export type Filters = {
  ids?: string[] | undefined
  emails?: string[] | undefined
  groups?: string[] | undefined
  /** Words that begin words of a name, a company or an e-mail address. */
  q?: string | undefined
}

/** A page of people in id order with the exact total (docs/behaviour/requests.md, Lists). */
export async function listPeople(
  scope: EventScope,
  filters: Filters,
  wanted: PageWanted,
): Promise<Page<Person>> {
  const groups = filters.groups && (await groupsNamed(scope, filters.groups))
  const everyone = groups?.some(({ type }) => type === 'attendees')
  const inGroups = everyone ? undefined : groups
  if (filters.q !== undefined) return listFound(scope, filters, inGroups, wanted)
  if (filters.ids || filters.emails) return listNamed(scope, filters, inGroups, wanted)
  if (inGroups?.length === 0) return { total: 0, rows: [] }
  if (inGroups?.length === 1 && inGroups[0]) return listMembers(scope, inGroups[0], wanted)
  if (inGroups) return listUnion(scope, inGroups, wanted)
  const without = deletingOf(scope, 'person')
  return settledRows(scope, () =>
    listCounted<Person & { sk: string }>(scope, sets.people(scope), { ...wanted, without }),
  )
}

/** Those of the people that are found who are asked for otherwise as well. */
async function listFound(
  scope: EventScope,
  { q = '', ids, emails }: Filters,
  groups: Group[] | undefined,
  wanted: PageWanted,
): Promise<Page<Person>> {
  const [byId, byEmail] = await Promise.all([
    ids && resolveIds(scope, 'person', ids),
    emails && idsByEmail(scope, emails),
  ])
  const isWanted = ({ id, groupIds }: Person): boolean =>
    (byId?.includes(id) ?? true) &&
    (byEmail?.includes(id) ?? true) &&
    (groups?.some((group) => groupIds?.has(group.id)) ?? true)
  const filtered = byId || byEmail || groups
  return findPeople(scope, q, wanted, filtered && ((people) => people.filter(isWanted)))
}

/** At most 100 ids and 100 e-mails: read, then filtered. */
async function listNamed(
  scope: EventScope,
  { ids, emails }: Filters,
  groups: Group[] | undefined,
  wanted: PageWanted,
): Promise<Page<Person>> {
  const [byId, byEmail] = await Promise.all([
    ids && resolveIds(scope, 'person', ids),
    emails && idsByEmail(scope, emails),
  ])
  const first = byId ?? byEmail ?? []
  const both = byId && byEmail ? first.filter((id) => id && byEmail.includes(id)) : first
  const people = await findMany(
    scope,
    'person',
    both.filter((id) => id !== undefined),
  )
  const rows = [...people.values()]
    .filter((person) => !groups || groups.some(({ id }) => person.groupIds?.has(id)))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  return pageOfList(rows, ({ id }) => id, wanted)
}

function idsByEmail(scope: EventScope, emails: string[]): Promise<(string | undefined)[]> {
  const canonical = emails.flatMap((email) => canonicalEmail(email) ?? [])
  const by = canonical.map((email) => ({ email }))
  return knownIds(scope, 'person', by)
}

/** Several groups: the ids of all their members are merged, so that nobody counts twice. */
async function listUnion(
  scope: EventScope,
  groups: Group[],
  wanted: PageWanted,
): Promise<Page<Person>> {
  const all = await membersOfAny(scope, groups.map(({ id }) => id).sort())
  const ids = scope.deleting.size === 0 ? all : all.filter((id) => !scope.deleting.has(id))
  const page = pageOfList(ids, (id) => id, wanted)
  const people = await findMany(scope, 'person', page.rows)
  return { ...page, rows: page.rows.flatMap((id) => people.get(id) ?? []) }
}

/** The ids of whoever is in any of the groups, in order. */
function membersOfAny(scope: EventScope, groups: string[]): Promise<string[]> {
  const members = groups.map((id) => sets.members(scope, id))
  const name = members.map(({ rows }) => rows).join()
  return keptList(scope, name, stateOfAll(members.map(stateOfSet)), async () => {
    const lists = await Promise.all(
      members.map(({ rows: pk }) => queryRows<{ sk: string }>(scope, { pk, only: ['sk'] })),
    )
    const all = lists.flat().map(({ sk }) => sk)
    return { rows: [...new Set(all)].sort(), of: all.length }
  })
}
