import { chunks } from '#lib/base/chunks.ts'
import { type LinkChange, mentions } from '#lib/model/link.ts'
import { inWantedOrder, type WantedSession } from '#lib/model/session-links.ts'
import { unmarkLinking } from '#lib/store/deleting.ts'
import {
  changeOnce,
  type Decide,
  type Document,
  type Kind,
  nextOf,
  required,
  save,
  savedWrites,
} from '#lib/store/document.ts'
import { groups } from '#lib/store/documents/groups.ts'
import { people } from '#lib/store/documents/people.ts'
import { sessions } from '#lib/store/documents/sessions.ts'
import { completeWrites, getJob, getJobs, type Job, madeBy, rewriteJob } from '#lib/store/queue.ts'
import type { Key } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import { type EventScope, inEarnest } from '#lib/table/scope.ts'
import { maxWrites, transact } from '#lib/table/transact.ts'
import { check, isAbout, type Write } from '#lib/table/writes.ts'
import { isThere, JobOpen, load, newChangeset } from './changeset.ts'
import { releaseWrites } from './seats.ts'
import { stage } from './stage.ts'
import { writesOf } from './writes.ts'

const kinds = { person: people, session: sessions, group: groups } as const
export type LinkOwner = { kind: keyof typeof kinds; id: string }
export const keyOfOwner = (scope: EventScope, { kind, id }: LinkOwner): Key =>
  kinds[kind].key(scope, id)

/** Links that one transaction did not hold. Until they are all there, their owner's document is open. */
export type LinkWork = {
  owner: LinkOwner
  links: LinkChange[]
  /** The order of a session's lists in the end. */
  wanted?: WantedSession
  /** Sessions in which seats are held for the owner. */
  holds: string[]
  /** Seats are still being taken: nothing is decided, and who finds it so gives them back. */
  holding?: boolean
}

/**
 * Runs work on documents, finishes first what one of them waits for (or lets others finish it), and repeats when somebody
 * came between.
 */
export const whenSettled = <T>(scope: EventScope, work: () => Promise<T>): Promise<T> =>
  retryOnConflict(scope, () =>
    work().catch(async (error) => {
      if (error instanceof JobOpen && !scope.waiting) {
        await finishLinks(inEarnest(scope), error.job)
      }
      throw error
    }),
  )

/**
 * Finishes first what was decided about links of this document under another one, as a session's speakers under the
 * session: what has been acknowledged since is never undone by older work.
 */
export async function afterOlderWork(scope: EventScope, { id }: LinkOwner): Promise<void> {
  if (scope.linking.size === 0) return
  const jobs = await getJobs<LinkWork>(scope, [...scope.linking])
  const older = jobs.find(({ work }) => work.links.some(({ link }) => mentions(link, id)))
  if (older) throw new JobOpen(older.id)
}

/** The document as it is when nothing that was decided about it is left to do. */
export async function settled<T extends Document>(
  scope: EventScope,
  read: () => Promise<T>,
): Promise<T> {
  return whenSettled(scope, async () => {
    const document = await read()
    if (document.open !== undefined) throw new JobOpen(document.open)
    return document
  })
}

/** Changes a document as `change` does, once nothing that was decided about it is left to do. */
export const changeSettled = <T extends Document, M>(
  scope: EventScope,
  kind: Kind<T>,
  id: string | undefined,
  decide: Decide<T, M>,
): Promise<M> =>
  whenSettled(scope, async () => {
    const before = await required(scope, kind, id)
    if (before.open !== undefined) throw new JobOpen(before.open)
    return changeOnce(scope, kind, before, decide)
  })

/** The same for a page of documents: whatever one of them waits for is finished before they are shown. */
export const settledRows = <P extends { rows: { open?: string }[] }>(
  scope: EventScope,
  read: () => Promise<P>,
): Promise<P> =>
  whenSettled(scope, async () => {
    const page = await read()
    const open = page.rows.find((row) => row.open !== undefined)?.open
    if (open !== undefined) throw new JobOpen(open)
    return page
  })

/**
 * Brings about what is left of a job's links, some at a time, and closes its owner's document: whoever comes next does
 * it, not only who began it. Each part leaves both sides equal, and what is so already is passed over.
 */
export async function finishLinks(helper: EventScope, id: string): Promise<void> {
  const job = await getJob<LinkWork>(helper, id)
  if (!job) return
  // Whoever does it: it was decided by the job's maker.
  const { actor: _, request: __, ...rest } = helper
  const scope = { ...rest, ...madeBy(job) }
  const { links, holding } = job.work
  if (!holding) {
    for (let at = 0; at < links.length; ) {
      const some = links.slice(at, at + 60)
      at += await retryOnConflict(scope, () => applySome(scope, job, some))
    }
  }
  await retryOnConflict(scope, () => complete(scope, id))
}

/** Applies as many of the links as fit, and says how many; none are left where the owner waits for the job no more. */
async function applySome(
  scope: EventScope,
  job: Job<LinkWork>,
  changes: LinkChange[],
): Promise<number> {
  const { owner, holds } = job.work
  const changeset = newChangeset(scope, { id: job.id, holds: new Set(holds) })
  await load(changeset, changes)
  if (changeset.waiting.get(owner.id) !== job.id) return changes.length
  // What was deleted while the work waited is passed over.
  const known = changes.filter(({ link, added }) => !added || isThere(changeset, link))
  for (const change of known) stage(changeset, change)
  const writes = fenced(await writesOf(changeset), kinds[owner.kind].key(scope, owner.id), job.id)
  if (writes.length > maxWrites) {
    return applySome(scope, job, changes.slice(0, Math.ceil(changes.length / 2)))
  }
  if (writes.length > 0) await transact(scope, writes)
  return changes.length
}

/** Whoever finds the work done by somebody else must not do a part of it over newer writes. */
function fenced(writes: Write[], owner: Key, job: string): Write[] {
  if (writes.length === 0 || writes.some((write) => isAbout(write, owner))) return writes
  return [...writes, check(owner, { equals: { open: job } }, 'conflict')]
}

/**
 * Gives back what is held for nothing, closes the document under its version and strikes the job out. Each part moves
 * the job's version, so that nobody decides on seats of which some are given back.
 */
async function complete(scope: EventScope, id: string): Promise<void> {
  const job = await getJob<LinkWork>(scope, id)
  if (!job) return
  const { owner, holds, wanted } = job.work
  const of = { job: id, person: owner.id }
  let standing = job
  const parts = chunks(holds, 40)
  for (const some of parts.slice(0, -1)) {
    const released = await releaseWrites(scope, some, of)
    if (released.length === 0) continue
    const { write, next } = rewriteJob(standing, job.work)
    await transact(scope, [...released, write])
    standing = next
  }
  await transact(scope, [
    ...(await closingWrites(scope, owner, id, wanted)),
    ...(await releaseWrites(scope, parts.at(-1) ?? [], of)),
    unmarkLinking(scope, id),
    ...completeWrites(standing),
  ])
}

async function closingWrites(
  scope: EventScope,
  owner: LinkOwner,
  id: string,
  wanted: WantedSession | undefined,
): Promise<Write[]> {
  const kind: Kind<Document> = kinds[owner.kind] as never
  const before = await getRow<Document>(scope, kind.key(scope, owner.id))
  if (before?.open !== id) return []
  const { open: _, ...closed } = { ...nextOf(before, {}), updatedAt: before.updatedAt }
  const after = wanted ? inWantedOrder(closed as never, wanted) : closed
  return savedWrites(save(scope, kind, [before, after]))
}
