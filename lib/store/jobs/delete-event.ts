import { plainNames } from '#lib/base/plain-kinds.ts'
import { entrance } from '#lib/model/door/scan.ts'
import type { Event } from '#lib/model/event.ts'
import { blobPrefix } from '#lib/model/picture.ts'
import { roles } from '#lib/model/session.ts'
import type { Document, Kind } from '#lib/store/document.ts'
import { documents } from '#lib/store/documents/all.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { deleteExports } from '#lib/store/exports/end-exports.ts'
import { deleteTokens } from '#lib/store/links/person-tokens.ts'
import { type Job, jobScope, placeWrite } from '#lib/store/queue.ts'
import { deleteFeeds } from '#lib/store/write/calendar-feeds.ts'
import { wipeBlobs } from '#lib/table/blobs.ts'
import { deletePartition } from '#lib/table/delete-partition.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { closeBuckets } from '#lib/table/shards.ts'
import { transact } from '#lib/table/transact.ts'
import { remove } from '#lib/table/writes.ts'
import type { JobRunner } from './in-event.ts'
import { wipeSchedules } from './schedules.ts'

export const eventJobs: Record<string, JobRunner> = {
  'delete-event': async (job, deadline) => {
    const scope = remainsScope(jobScope(job, deadline), job.event)
    if (await getRow<Event>(scope, keys.event(job.org, job.event))) return true
    if (!(await deleteCounts(scope))) return false
    if (!(await wipeSchedules(scope))) return false
    const left = await deleteDocuments(scope, job)
    if (left) return { place: left }
    await deleteFeeds(scope)
    await deleteExports(scope)
    for (const pk of loosePartitions(scope)) if (!(await deletePartition(scope, pk))) return false
    await wipeBlobs(blobPrefix(scope))
    return true
  },
}

/** Without its counts no set takes anything any more: they open only beside their owner. */
async function deleteCounts(scope: EventScope): Promise<boolean> {
  for (const { set } of documents) if (set) await transact(scope, closeBuckets(set(scope)))
  for (const pk of [
    keys.memberBuckets(scope),
    keys.trackSessionBuckets(scope),
    keys.ticketHolderBuckets(scope),
    keys.sessionDays(scope),
    keys.fieldCount(scope),
    keys.exportCount(scope),
    keys.feedBuckets(scope),
  ]) {
    if (!(await deletePartition(scope, pk))) return false
  }
  return true
}

const hexDigits = [...'0123456789abcdef']

const loosePartitions = (scope: EventScope): string[] => [
  keys.groupName(scope, '').pk,
  keys.trackName(scope, '').pk,
  ...plainNames.map((kind) => keys.plainName(scope, kind, '').pk),
  keys.sessionOrders(scope),
  keys.planGuards(scope),
  keys.moreDeleting(scope, '').pk,
  keys.batches(scope),
  keys.batchParts(scope),
  keys.scans(scope, entrance),
  keys.doorTallies(scope),
  ...hexDigits.flatMap((first) => [keys.badgeCodes(scope, first), keys.nonces(scope, first)]),
  keys.hiddenPerson(scope, '').pk,
  keys.shownNames(scope).pk,
  keys.wordsComplete(scope).pk,
  ...roles.map(({ id }) => keys.roleHolders(scope, id)),
]

/** Documents that are gone while what was under them may still be there. */
type Place = { kind: number; ids: string[] }

/** Removes all documents, some at a time, and then what was under them; gives where to go on, if the deadline came first. */
async function deleteDocuments(scope: EventScope, job: Job): Promise<Place | undefined> {
  let current = job
  for (const [n, kind] of documents.entries()) {
    let { ids } = placeOf(current, n)
    for (;;) {
      for (const pk of ids.flatMap((id) => kind.under?.(scope, id) ?? [])) {
        if (!(await deletePartition(scope, pk))) return { kind: n, ids }
      }
      if (Date.now() >= scope.deadline) return { kind: n, ids: [] }
      const rows = await queryRows<Document & Key>(scope, { pk: kind.key(scope, '').pk, limit: 24 })
      if (rows.length === 0) break
      ids = rows.map(({ id }) => id)
      current = await deleteSome(scope, current, kind, { rows, place: { kind: n, ids } })
    }
  }
  return undefined
}

const placeOf = ({ place }: Job, kind: number): Place => {
  const known = place as Place | undefined
  return known?.kind === kind ? known : { kind, ids: [] }
}

/** First the rows that follow from the documents, then they themselves together with where the job goes on. */
async function deleteSome(
  scope: EventScope,
  job: Job,
  kind: Kind<Document>,
  { rows, place }: { rows: (Document & Key)[]; place: Place },
): Promise<Job> {
  if (kind.name === 'person') await Promise.all(rows.map(({ id }) => deleteTokens(scope, id)))
  const derived = rows.flatMap((row) => kind.derived(scope, row))
  await transactInParts(
    scope,
    derived.map((one) => [remove(one)]),
  )
  const { write, next } = placeWrite(job, place)
  await transact(scope, [...rows.map((row) => remove(row)), write])
  return next
}
