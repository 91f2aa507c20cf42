import type { Event } from '#lib/model/event.ts'
import type { ExternalId, ExternalKind } from '#lib/model/external-id.ts'
import { blobPrefix } from '#lib/model/picture.ts'
import { roles } from '#lib/model/session.ts'
import { externalWrites } from '#lib/store/external-ids.ts'
import { deleteFeeds } from '#lib/store/write/calendar-feeds.ts'
import { wipeBlobs } from '#lib/store/write/remove-picture.ts'
import { closeBuckets } from '#lib/table/buckets.ts'
import { deletePartition } from '#lib/table/delete-partition.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { maxWrites, remove, transact, type Write } from '#lib/table/transact.ts'
import { chunks, jobScope } from './queue.ts'
import type { JobRunner } from './runner.ts'
import { cleanUpEventSchedules } from './schedules.ts'
import { deleteTokens } from './tokens.ts'

type Row = { id: string; email?: string; externalIds?: ExternalId[] }

export const eventPlans: Record<string, JobRunner> = {
  'delete-event': async (plan, deadline) => {
    const scope = jobScope(plan, deadline)
    // A plan of an event that did come to life was only a safeguard of its creation.
    if (await getRow<Event>(scope, keys.event(plan.org, plan.event))) return true
    return wipeEvent(scope)
  },
}

/** Removes everything an event held. Buckets go first, so that no late writer can add to a set. */
async function wipeEvent(scope: EventScope): Promise<boolean> {
  for (const set of [sets.people, sets.groups, sets.tracks, sets.pictures]) {
    await transact(scope, closeBuckets(set(scope)))
  }
  for (const pk of [keys.memberShelves(scope), keys.trackSessionShelves(scope)]) {
    if (!(await deletePartition(scope, pk))) return false
  }
  await cleanUpEventSchedules(scope)
  for (const wipe of collections) if (!(await wipe(scope))) return false
  const partitions = [
    keys.groupName(scope, '').pk,
    keys.trackName(scope, '').pk,
    keys.sessionOrders(scope),
    keys.sessionDays(scope),
    ...roles.map(({ id }) => keys.roleHolders(scope, id)),
    keys.ticketTypes(scope),
    keys.ticketHolderShelves(scope),
  ]
  await deleteFeeds(scope, undefined)
  for (const pk of partitions) if (!(await deletePartition(scope, pk))) return false
  await wipeBlobs(blobPrefix(scope))
  return true
}

/** Removes the documents of a partition after what hangs on each of them. */
const collection =
  (
    kind: Kind,
    rowsOf: (scope: EventScope) => string,
    under: (scope: EventScope, row: Row) => string[],
  ) =>
  async (scope: EventScope): Promise<boolean> => {
    for (;;) {
      const rows = await queryRows<Stored>(scope, {
        pk: rowsOf(scope),
        limit: 50,
      })
      if (rows.length === 0) return true
      for (const some of chunks(rows, 10)) {
        if (Date.now() >= scope.deadline) return false
        const cleared = await Promise.all(
          some.map((row) => clear(scope, kind, under(scope, row), row)),
        )
        if (cleared.includes(false)) return false
        const writes = some.flatMap((row) => removal(scope, kind, row))
        for (const few of chunks(writes, maxWrites)) await transact(scope, few)
      }
    }
  }

type Kind = Exclude<ExternalKind, 'event'> | 'picture'
type Stored = Row & { pk: string; sk: string }

/** Empties what hangs on a document; false when the deadline came first. */
async function clear(scope: EventScope, kind: Kind, partitions: string[], { id }: Row) {
  if (kind === 'person') await deleteTokens(scope, id)
  for (const pk of partitions) if (!(await deletePartition(scope, pk))) return false
  return true
}

/** A document and the names by which it was found. */
const removal = (scope: EventScope, kind: Kind, row: Stored): Write[] => [
  remove(row),
  ...(row.email ? [remove(keys.email(scope, row.email))] : []),
  ...(kind === 'picture' ? [] : externalWrites(scope, kind, row.id, row.externalIds ?? [], [])),
]

const collections = [
  collection('person', keys.people, (scope, { id }) => [keys.relations(scope, id)]),
  collection('group', keys.groups, (scope, { id }) => [keys.members(scope, id)]),
  collection('session', keys.sessions, (scope, { id }) => [
    keys.attendees(scope, id),
    keys.attendeeShelves(scope, id),
    keys.seats(scope, id).pk,
    keys.pairs(scope, id),
  ]),
  collection('track', keys.tracks, (scope, { id }) => [keys.trackSessions(scope, id)]),
  collection(
    'field',
    (scope) => keys.fields(scope, 'people'),
    () => [],
  ),
  collection(
    'field',
    (scope) => keys.fields(scope, 'sessions'),
    () => [],
  ),
  collection('picture', keys.pictures, (scope, { id }) => [keys.pictureUses(scope, id)]),
]
