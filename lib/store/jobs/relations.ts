import { ApiError, statusOf } from '#lib/base/errors.ts'
import { canonicalName } from '#lib/base/text.ts'
import type { FieldOwner } from '#lib/model/custom-field.ts'
import type { Event } from '#lib/model/event.ts'
import type { Group } from '#lib/model/group.ts'
import type { Traces } from '#lib/model/identifiers.ts'
import type { Person } from '#lib/model/person.ts'
import { hide, unhide } from '#lib/store/deleting.ts'
import { externalSteps } from '#lib/store/external-ids.ts'
import { applyFacts } from '#lib/store/links/apply.ts'
import type { FactChange } from '#lib/store/links/changeset.ts'
import { forgetFeeds } from '#lib/store/write/calendar-feeds.ts'
import { allFacts } from '#lib/store/write/people.ts'
import { ticketSteps } from '#lib/store/write/ticket-writes.ts'
import { countSteps, deleteShelves } from '#lib/table/buckets.ts'
import { wipePartition } from '#lib/table/delete-partition.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import { Stale, whileFresh } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { remove, type Step, transact, update } from '#lib/table/transact.ts'
import { type Plan, planScope } from './queue.ts'
import type { PlanRunner } from './runner.ts'
import { eraseTraces, forgetRelations } from './unlink-person.ts'

/**
 * What part of a plan that belongs to an event does. When the event itself is gone, only `remains` are left:
 * partitions of rows whose owner's document went away before the event did.
 */
export const inEvent =
  (
    work: (scope: EventScope, plan: Plan, event: Event) => Promise<boolean>,
    remains: (scope: EventScope, plan: Plan) => string[] = () => [],
  ): PlanRunner =>
  async (plan, deadline) => {
    const scope = planScope(plan, deadline)
    const event = await getRow<Event>(scope, keys.event(plan.org, plan.event))
    if (event) return work(scope, plan, event)
    for (const pk of remains(scope, plan)) if (!(await wipePartition(scope, pk))) return false
    return true
  }

export const relationPlans: Record<string, PlanRunner> = {
  'apply-facts': inEvent(async (scope, plan, event) => {
    const facts = plan.work.facts as FactChange[]
    await applyFacts(scope, event.speakersGroup, facts).catch(async (error) => {
      if (!(error instanceof ApiError) || statusOf(error.reason) >= 500) throw error
      // A session filled up meanwhile: nobody was told that it worked, so none of it shall hold.
      const back = facts.map(({ fact, holds }) => ({ fact, holds: !holds }))
      await applyFacts(scope, event.speakersGroup, back.reverse())
    })
    return true
  }),
  'forget-person': inEvent(async (scope, plan, event) => {
    const id = plan.work.person as string
    const hidden = plan.work.hidden && event.gone?.has(id)
    if (hidden) await removePerson(scope, event, id, plan.work.email as string)
    // A person who is there all the same was only being made when this was written down.
    if (await getRow(scope, keys.person(scope, id))) return true
    await forgetFeeds(scope, id)
    if (!(await forgetRelations(scope, id))) return false
    const traces = plan.work.traces as Traces | undefined
    if (traces && !(await eraseTraces(scope, id, traces))) return false
    if (hidden) await transact(scope, [unhide(scope, id)])
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
function forgotten(scope: EventScope, { work }: Plan): string[] {
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
    await applyFacts(scope, event.speakersGroup, allFacts(person, event.speakersGroup))
    const owner = email ? await getRow<{ to: string }>(scope, keys.email(scope, email)) : undefined
    await transact(scope, [
      remove(keys.person(scope, id), { exists: true }, 'stale'),
      ...countSteps(sets.people(scope), [{ id, by: -1 }]),
      ...(owner?.to === id ? [remove(keys.email(scope, email))] : []),
      ...(await ownedExternal(scope, person)),
      ...(person.picture ? [remove(keys.pictureUse(scope, person.picture.id, id))] : []),
      ...ticketSteps(scope, id, person.ticket?.type, undefined),
    ])
  }
}

/** Steps for external ids that still point here; deleted ones may belong to somebody else by now. */
async function ownedExternal(scope: EventScope, { id, externalIds }: Person): Promise<Step[]> {
  const key = (one: { system: string; id: string }) =>
    keys.external(scope, 'person', one.system, one.id)
  const rows = await getRows<{ pk: string; to: string }>(scope, externalIds.map(key))
  const mine = new Set(rows.filter(({ to }) => to === id).map(({ pk }) => pk))
  const owned = externalIds.filter((one) => mine.has(key(one).pk))
  return externalSteps(scope, 'person', id, owned, [])
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
      await transact(scope, [unhide(scope, group)])
      return true
    }
    await whileFresh(scope, async () => {
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
              'stale',
            ),
          ),
      ])
    })
  }
  return false
}

/** Undoes a group whose creation never came to its end. */
async function undoGroup(scope: EventScope, plan: Plan, event: Event): Promise<boolean> {
  const id = plan.work.group as string
  if (!event.gone?.has(id)) return true
  const group = await getRow<Group>(scope, keys.group(scope, id))
  if (group) {
    await transact(scope, [
      remove(keys.group(scope, id), { exists: true }, 'stale'),
      remove(keys.groupName(scope, canonicalName(group.name))),
      ...externalSteps(scope, 'group', id, group.externalIds, []),
      ...countSteps(sets.groups(scope), [{ id, by: -1 }]),
      ...deleteShelves(sets.members(scope, id)),
      hide(scope, id),
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
      'stale',
    )
    await transact(scope, [gone]).catch((error) => {
      if (!(error instanceof Stale)) throw error
    })
  }
  return true
}
