import { ApiError } from '#lib/base/errors.ts'
import type { Page, PageWanted } from '#lib/base/page.ts'
import { canonicalName } from '#lib/base/text.ts'
import { oneLine } from '#lib/base/unicode.ts'
import type { CountedGroup, Group } from '#lib/model/group.ts'
import { deletingOf } from '#lib/store/deleting.ts'
import { required } from '#lib/store/document.ts'
import { groups } from '#lib/store/documents/groups.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { settled, settledRows } from '#lib/store/links/open-job.ts'
import { sets } from '#lib/store/sets.ts'
import { listCounted, total, totals } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** The group a path names: by id first, then by its exact name. */
export async function requireGroup(scope: EventScope, sent: string): Promise<Group> {
  const id = (await resolveId(scope, 'group', sent)) ?? (await idByName(scope, sent))
  return settled(scope, () => required(scope, groups, id))
}

async function idByName(scope: EventScope, name: string): Promise<string | undefined> {
  if (name.length > 1024) return undefined
  const canonical = canonicalName(name)
  if (canonical === '') return undefined
  const key = keys.groupName(scope, canonical)
  const row = await getRow<{ to: string; name: string }>(scope, key)
  return row && row.name === oneLine(name) ? row.to : undefined
}

/** Groups that filters name by id or exact name; unknown ones are left out. */
export async function groupsNamed(scope: EventScope, sent: string[]): Promise<Group[]> {
  const found = await Promise.all(
    sent.map((name) =>
      requireGroup(scope, name).catch((error) => {
        if (error instanceof ApiError && error.reason === 'group_not_found') return undefined
        throw error
      }),
    ),
  )
  const known = found.filter((group) => group !== undefined)
  return [...new Map(known.map((group) => [group.id, group])).values()]
}

/** Groups in id order with their exact numbers of members: three queries whatever their number. */
export async function listGroups(
  scope: EventScope,
  wanted: PageWanted,
): Promise<Page<CountedGroup>> {
  const without = deletingOf(scope, 'group')
  const page = await settledRows(scope, () =>
    listCounted<Group & { sk: string }>(scope, sets.groups(scope), { ...wanted, without }),
  )
  const [first, last] = [page.rows[0]?.id, page.rows.at(-1)?.id]
  const [counts, people] = await Promise.all([
    first && last ? totals(scope, keys.memberBuckets(scope), `${first}#`, `${last}#`) : new Map(),
    total(scope, sets.people(scope), deletingOf(scope, 'person')),
  ])
  const leaving = await membersLeaving(scope, page.rows)
  const rows = page.rows.map((group) => ({
    group,
    members:
      group.type === 'attendees'
        ? people
        : (counts.get(group.id) ?? 0) - (leaving.get(group.id) ?? 0),
  }))
  return { ...page, rows }
}

export async function countGroup(scope: EventScope, group: Group): Promise<CountedGroup> {
  const set = group.type === 'attendees' ? sets.people(scope) : sets.members(scope, group.id)
  return { group, members: await total(scope, set, deletingOf(scope, 'person')) }
}

/** People being deleted whose rows are still in the groups, by group. */
async function membersLeaving(scope: EventScope, some: Group[]): Promise<Map<string, number>> {
  const wanted = deletingOf(scope, 'person').flatMap((person) =>
    some.map(({ id }) => keys.member(scope, id, person)),
  )
  const rows = await getRows<{ pk: string }>(scope, wanted, ['pk'])
  const found = Map.groupBy(rows, ({ pk }) => pk.slice(pk.lastIndexOf('#') + 1))
  return new Map([...found].map(([group, few]) => [group, few.length]))
}
