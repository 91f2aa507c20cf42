import { ApiError, statusOf } from '#lib/base/errors.ts'
import { canonicalName } from '#lib/base/text.ts'
import type { FieldOwner } from '#lib/model/custom-field.ts'
import type { Event } from '#lib/model/event.ts'
import type { Group } from '#lib/model/group.ts'
import type { Identifiers } from '#lib/model/identifiers.ts'
import type { Person } from '#lib/model/person.ts'
import { markDeleting, unmarkDeleting } from '#lib/store/deleting.ts'
import { externalWrites } from '#lib/store/external-ids.ts'
import { applyLinks } from '#lib/store/links/apply.ts'
import type { LinkChange } from '#lib/store/links/changeset.ts'
import { deleteFeeds } from '#lib/store/write/calendar-feeds.ts'
import { allLinks } from '#lib/store/write/people.ts'
import { ticketWrites } from '#lib/store/write/ticket-writes.ts'
import { closeBuckets, countWrites } from '#lib/table/buckets.ts'
import { deletePartition } from '#lib/table/delete-partition.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import { retryOnConflict, VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { remove, transact, update, type Write } from '#lib/table/transact.ts'
import { type Job, jobScope } from './queue.ts'
import type { JobRunner } from './runner.ts'
import { eraseIdentified, unlinkRelations } from './unlink-person.ts'

/**
 * What part of a plan that belongs to an event does. When the event itself is gone, only `remains` are left:
 * partitions of rows whose owner's document went away before the event did.
 */
export const inEvent =
  (
    work: (scope: EventScope, plan: Job, event: Event) => Promise<boolean>,
    remains: (scope: EventScope, plan: Job) => string[] = () => [],
  ): JobRunner =>
  async (plan, deadline) => {
    const scope = jobScope(plan, deadline)
    const event = await getRow<Event>(scope, keys.event(plan.org, plan.event))
    if (event) return work(scope, plan, event)
    for (const pk of remains(scope, plan)) if (!(await deletePartition(scope, pk))) return false
    return true
  }

export const relationPlans: Record<string, JobRunner> = {
  'apply-links': inEvent(async (scope, plan, event) => {
    const links = plan.work.links as LinkChange[]
    await applyLinks(scope, event.speakersGroup, links).catch(async (error) => {
      if (!(error instanceof ApiError) || statusOf(error.reason) >= 500) throw error
      // A session filled up meanwhile: nobody was told that it worked, so none of it shall hold.
      const back = links.map(({ link, added }) => ({ link, added: !added }))
      await applyLinks(scope, event.speakersGroup, back.reverse())
    })
    return true
  }),
  'forget-person': inEvent(async (scope, plan, event) => {
    const id = plan.work.person as string
    const hidden = plan.work.hidden && event.gone?.has(id)
    if (hidden) await removePerson(scope, event, id, plan.work.email as string)
    // A person who is there all the same was only being made when this was written down.
    if (await getRow(scope, keys.person(scope, id))) return true
    await deleteFeeds(scope, id)
    if (!(await unlinkRelations(scope, id))) return false
    const traces = plan.work.traces as Identifiers | undefined
    if (traces && !(await eraseIdentified(scope, id, traces))) return false
    if (hidden) await transact(scope, [unmarkDeleting(scope, id)])
    return true
  }, forgotten),
  'empty-group': inEvent(
    (scope, { work }) => emptyGroup(scope, work.group as string),
    (scope, { work }) => [keys.members(scope, work.group as string)],
  ),
  'undo-group': inEvent(undoGroup, (scope, { work }) => [
    keys.members(scope, work.group as string),
  ]),
  'delete-field': inEvent((scope, { work }) =>
    forgetField(scope, work.of as FieldOwner, work.field as string),
  ),
}

/** What is left of a person whose event is gone. */
function forgotten(scope: EventScope, { work }: Job): string[] {
  return [keys.relations(scope, work.person as string)]
}

/** Removes a hidden person: relations first, then the document with its count. */
async function removePerson(
  scope: EventScope,
  event: Event,
  id: string,
  email: string,
): Promise<void> {
  const person = await getRow<Person>(scope, keys.person(scope, id))
  if (person) {
    await applyLinks(scope, event.speakersGroup, allLinks(person, event.speakersGroup))
    const owner = email ? await getRow<{ to: string }>(scope, keys.email(scope, email)) : undefined
    await transact(scope, [
      remove(keys.person(scope, id), { exists: true }, 'conflict'),
      ...countWrites(sets.people(scope), [{ id, by: -1 }]),
      ...(owner?.to === id ? [remove(keys.email(scope, email))] : []),
      ...(await ownedExternal(scope, person)),
      ...(person.picture ? [remove(keys.pictureUse(scope, person.picture.id, id))] : []),
      ...ticketWrites(scope, id, person.ticket?.type, undefined),
    ])
  }
}

/** Writes for external ids that still point here; deleted ones may belong to somebody else by now. */
async function ownedExternal(scope: EventScope, { id, externalIds }: Person): Promise<Write[]> {
  const key = (one: { system: string; id: string }) =>
    keys.external(scope, 'person', one.system, one.id)
  const rows = await getRows<{ pk: string; to: string }>(scope, externalIds.map(key))
  const mine = new Set(rows.filter(({ to }) => to === id).map(({ pk }) => pk))
  const owned = externalIds.filter((one) => mine.has(key(one).pk))
  return externalWrites(scope, 'person', id, owned, [])
}

/** Takes a deleted group out of its members, some at a time. */
async function emptyGroup(scope: EventScope, group: string): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    const rows = await queryRows<{ sk: string }>(scope, {
      pk: keys.members(scope, group),
      only: ['sk'],
      limit: 45,
    })
    if (rows.length === 0) {
      await transact(scope, [unmarkDeleting(scope, group)])
      return true
    }
    await retryOnConflict(scope, async () => {
      const people = await getRows<Person>(
        scope,
        rows.map(({ sk }) => keys.person(scope, sk)),
      )
      await transact(scope, [
        ...rows.map(({ sk }) => remove(keys.member(scope, group, sk))),
        ...people
          .filter(({ groupIds }) => groupIds?.has(group))
          .map(({ id }) =>
            update(
              keys.person(scope, id),
              { drop: { groupIds: new Set([group]) }, add: { vr: 1 } },
              { exists: true },
              'conflict',
            ),
          ),
      ])
    })
  }
  return false
}

/** Undoes a group whose creation never came to its end. */
async function undoGroup(scope: EventScope, plan: Job, event: Event): Promise<boolean> {
  const id = plan.work.group as string
  if (!event.gone?.has(id)) return true
  const group = await getRow<Group>(scope, keys.group(scope, id))
  if (group) {
    await transact(scope, [
      remove(keys.group(scope, id), { exists: true }, 'conflict'),
      remove(keys.groupName(scope, canonicalName(group.name))),
      ...externalWrites(scope, 'group', id, group.externalIds, []),
      ...countWrites(sets.groups(scope), [{ id, by: -1 }]),
      ...closeBuckets(sets.members(scope, id)),
      markDeleting(scope, id),
    ])
  }
  return emptyGroup(scope, id)
}

/** Removes the values of a deleted field, row by row; rows written meanwhile no longer have it. */
async function forgetField(scope: EventScope, of: FieldOwner, field: string): Promise<boolean> {
  const pk = of === 'people' ? keys.people(scope) : keys.sessions(scope)
  const rows = await queryRows<{ sk: string; custom?: object }>(scope, {
    pk,
    only: ['sk', 'custom'],
  })
  for (const { sk, custom } of rows) {
    if (!custom || !(field in custom)) continue
    if (Date.now() >= scope.deadline) return false
    const gone = update(
      { pk, sk },
      { paths: [[['custom', field], undefined]], add: { vr: 1 } },
      { exists: true },
      'conflict',
    )
    await transact(scope, [gone]).catch((error) => {
      if (!(error instanceof VersionConflict)) throw error
    })
  }
  return true
}
