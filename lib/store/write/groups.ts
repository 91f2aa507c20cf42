import { ApiError } from '#lib/base/errors.ts'
import { looksLikeId, newId } from '#lib/base/ids.ts'
import { canonicalName } from '#lib/base/text.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Event } from '#lib/model/event.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import { externalIdsOf } from '#lib/model/external-id-rules.ts'
import type { Group } from '#lib/model/group.ts'
import { deletingOf, markDeleting, unmarkDeleting } from '#lib/store/deleting.ts'
import { externalWrites } from '#lib/store/external-ids.ts'
import { newJob } from '#lib/store/jobs/queue.ts'
import { applyLinks } from '#lib/store/links/apply.ts'
import { closeBuckets, countWrites, openBuckets } from '#lib/table/buckets.ts'
import { listCounted, type Page, type PageWanted, total, totals } from '#lib/table/counted.ts'
import { pending } from '#lib/table/idempotency.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { put, remove, transact, update, type Write } from '#lib/table/transact.ts'
import type { CountedGroup } from '#lib/wire/group.ts'

type Fields = Pick<Group, 'name' | 'color' | 'note'>
type SentIds = { id_system: string; id: string }[] | undefined

/** Makes a group with its members: hidden until the last of them is in, undone when that never comes. */
export async function createGroup(
  scope: EventScope,
  event: Event,
  fields: Fields & { externalIds: SentIds; members: string[] },
  reply: (made: CountedGroup) => RecordedResponse,
  upsert: ExternalId[] = [],
): Promise<RecordedResponse> {
  const { externalIds, members, ...own } = fields
  checkName(own.name)
  const sent = externalIdsOf(externalIds ?? [], undefined, 'external_ids')
  const group: Group = {
    ...own,
    id: newId('group'),
    type: 'custom',
    externalIds: [...upsert, ...sent.filter(({ system }) => system !== upsert[0]?.system)],
    createdAt: now(),
    updatedAt: now(),
    vr: 1,
  }
  const outcome = reply({ group, members: members.length })
  const fits = members.length <= membersAtOnce
  const writes = [
    put({ ...keys.group(scope, group.id), ...group }, { exists: false }, 'conflict'),
    nameStep(scope, group),
    ...externalWrites(scope, 'group', group.id, [], group.externalIds),
    ...countWrites(sets.groups(scope), [{ id: group.id, by: 1 }]),
    ...openBuckets(sets.members(scope, group.id), fits ? members : []),
  ]
  if (fits) await transact(scope, [...writes, ...joinWrites(scope, group.id, members)], outcome)
  else await createHidden(scope, event, group.id, writes, members, outcome)
  return outcome
}

/** As many members as one transaction takes beside the group, its buckets and ten external ids. */
const membersAtOnce = 34

const joinWrites = (scope: EventScope, group: string, members: string[]): Write[] =>
  members.flatMap((person) => [
    put({ ...keys.member(scope, group, person), at: now() }, { exists: false }, 'conflict'),
    update(
      keys.person(scope, person),
      { add: { groupIds: new Set([group]), vr: 1 } },
      { exists: true },
      { error: 'invalid_reference', detail: { field: 'group_members' } },
    ),
  ])

async function createHidden(
  scope: EventScope,
  event: Event,
  id: string,
  writes: Write[],
  members: string[],
  outcome: RecordedResponse,
): Promise<void> {
  const plan = newJob(scope, 'undo-group', { group: id }, 40_000)
  await transact(scope, [...writes, markDeleting(scope, id), plan.write], pending)
  const links = members.map((person) => ({ kind: 'member' as const, person, group: id }))
  const changes = links.map((link) => ({ link, added: true }))
  await applyLinks(scope, event.speakersGroup, changes)
  await transact(scope, [unmarkDeleting(scope, id), plan.complete], outcome)
}

export async function updateGroup(
  scope: EventScope,
  id: string,
  change: (current: Group) => Fields & { externalIds: SentIds },
  effect: Effect<CountedGroup>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await requireCounted(scope, id)
    effect.guard(current)
    const { externalIds, ...fields } = change(current.group)
    checkName(fields.name)
    if (current.group.type !== 'custom' && fields.name !== current.group.name) {
      throw new ApiError('builtin_group', { field: 'group_name' })
    }
    const before = current.group
    const group: Group = {
      ...before,
      ...fields,
      externalIds: externalIds
        ? externalIdsOf(externalIds, id, 'external_ids')
        : before.externalIds,
      updatedAt: now(),
      vr: before.vr + 1,
    }
    const outcome = effect.reply({ ...current, group })
    await transact(
      scope,
      [
        put({ ...keys.group(scope, id), ...group }, { vr: before.vr }, 'conflict'),
        ...renameWrites(scope, before, group),
        ...externalWrites(scope, 'group', id, before.externalIds, group.externalIds),
      ],
      outcome,
    )
    return outcome
  })
}

/** Deletes a group: nobody is in it from then on; a plan takes it out of its members. */
export async function deleteGroup(
  scope: EventScope,
  id: string,
  effect: Effect<CountedGroup>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await requireCounted(scope, id)
    const { group } = current
    effect.guard(current)
    if (group.type !== 'custom') throw new ApiError('builtin_group')
    const outcome = effect.reply(current)
    await transact(
      scope,
      [
        remove(keys.group(scope, id), { vr: group.vr }, 'conflict'),
        remove(nameKey(scope, group)),
        ...externalWrites(scope, 'group', id, group.externalIds, []),
        ...countWrites(sets.groups(scope), [{ id, by: -1 }]),
        ...closeBuckets(sets.members(scope, id)),
        markDeleting(scope, id),
        newJob(scope, 'empty-group', { group: id }).write,
      ],
      outcome,
    )
    return outcome
  })
}

/** Groups in id order with their exact numbers of members: three queries whatever their number. */
export async function listGroups(
  scope: EventScope,
  wanted: PageWanted,
): Promise<Page<CountedGroup>> {
  const page = await listCounted<Group & { sk: string }>(scope, sets.groups(scope), {
    ...wanted,
    without: deletingOf(scope, 'group'),
  })
  const [first, last] = [page.rows[0]?.id, page.rows.at(-1)?.id]
  const [counts, people] = await Promise.all([
    first && last ? totals(scope, keys.memberShelves(scope), `${first}#`, `${last}#`) : new Map(),
    total(scope, sets.people(scope), deletingOf(scope, 'person')),
  ])
  const ghosts = await ghostMembers(scope, page.rows)
  const rows = page.rows.map((group) => ({
    group,
    members:
      group.type === 'attendees'
        ? people
        : (counts.get(group.id) ?? 0) - (ghosts.get(group.id) ?? 0),
  }))
  return { ...page, rows }
}

export async function countGroup(scope: EventScope, group: Group): Promise<CountedGroup> {
  const set = group.type === 'attendees' ? sets.people(scope) : sets.members(scope, group.id)
  return { group, members: await total(scope, set, deletingOf(scope, 'person')) }
}

/** Vanishing people whose rows are still in the groups, by group. */
async function ghostMembers(scope: EventScope, groups: Group[]): Promise<Map<string, number>> {
  const wanted = deletingOf(scope, 'person').flatMap((person) =>
    groups.map(({ id }) => keys.member(scope, id, person)),
  )
  const rows = await getRows<{ pk: string }>(scope, wanted, ['pk'])
  const counts = new Map<string, number>()
  for (const { pk } of rows) {
    const group = pk.slice(pk.lastIndexOf('#') + 1)
    counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  return counts
}

async function requireCounted(scope: EventScope, id: string): Promise<CountedGroup> {
  const group = scope.deleting.has(id)
    ? undefined
    : await getRow<Group>(scope, keys.group(scope, id))
  if (!group) throw new ApiError('group_not_found')
  return countGroup(scope, group)
}

function checkName(name: string): void {
  if (looksLikeId(name)) throw new ApiError('reserved_name', { field: 'group_name' })
}

const nameKey = (scope: EventScope, group: Pick<Group, 'name'>) =>
  keys.groupName(scope, canonicalName(group.name))
const taken = { error: 'duplicate_name', detail: { field: 'group_name' } } as const
const nameStep = (scope: EventScope, { id, name }: Group): Write =>
  put({ ...nameKey(scope, { name }), to: id, name }, { exists: false }, taken)

function renameWrites(scope: EventScope, before: Group, after: Group): Write[] {
  if (before.name === after.name) return []
  const same = canonicalName(before.name) === canonicalName(after.name)
  if (same) return [put({ ...nameKey(scope, after), to: after.id, name: after.name })]
  return [remove(nameKey(scope, before)), nameStep(scope, after)]
}
