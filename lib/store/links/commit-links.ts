import type { LinkChange } from '#lib/model/link.ts'
import { inWantedOrder, type WantedSession } from '#lib/model/session-links.ts'
import { markLinking } from '#lib/store/deleting.ts'
import type { Document } from '#lib/store/document.ts'
import { type Job, type NewJob, newJob, rewriteJob } from '#lib/store/queue.ts'
import { packed } from '#lib/table/packed.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit, maxWrites, transact } from '#lib/table/transact.ts'
import type { Write } from '#lib/table/writes.ts'
import { type Changeset, load, type Staged } from './changeset.ts'
import { judgeClashes } from './clashes.ts'
import { afterOlderWork, finishLinks, type LinkOwner, type LinkWork } from './open-job.ts'
import { holdWrites } from './seats.ts'
import { stage } from './stage.ts'
import { isChanged, writesOf } from './writes.ts'

export type LinkCommit<M> = {
  owner: LinkOwner
  /** A changeset in which the owner is staged as it will be but for its links, waiting for `job` if there is one. */
  begin: (job?: string) => Changeset
  links: LinkChange[]
  /** Writes that belong to the same decision. */
  more: Write[]
  /** What has been made, from the changeset with all links staged. */
  made: (changeset: Changeset) => Promise<M>
  /** The order of a session's lists in the end. */
  wanted?: WantedSession
}

/** How long the runner leaves a job to the request that made it. */
const headStartMs = 15_000

/**
 * Writes a document with its links. What one transaction does not hold becomes a job in the transaction that decides
 * all of it: whatever could still be refused is done in it or held before, then the work only goes forward, and
 * whoever needs the document meanwhile finishes it (docs/architecture.md, Long work).
 */
export async function commitLinks<M>(scope: EventScope, asked: LinkCommit<M>): Promise<M> {
  await afterOlderWork(scope, asked.owner)
  const whole = await staged(asked, asked.links)
  const guarding = await judgeClashes(whole, asked.owner.id)
  const spec = { ...asked, more: [...asked.more, ...guarding] }
  const made = await spec.made(whole)
  const writes = [...(await writesOf(whole)), ...spec.more]
  if (writes.length <= maxWrites || scope.trial) return commit(scope, writes, made)
  const links = refusableFirst(spec, whole)
  const first = await countThatFits(spec, links)
  const rest = links.slice(first)
  const { owner, wanted } = spec
  const work = { owner, links: rest, holds: seatsFor(whole, rest), ...(wanted && { wanted }) }
  await decide(whole, spec, { work, first: links.slice(0, first), made })
  return made
}

type Parts<M> = { work: LinkWork; first: LinkChange[]; made: M }

async function decide<M>(
  whole: Changeset,
  spec: LinkCommit<M>,
  { work, first, made }: Parts<M>,
): Promise<void> {
  const { scope } = whole
  const holds = work.holds.length > 0
  const job = newJob(scope, 'apply-links', holds ? { ...work, holding: true } : work, headStartMs)
  try {
    const standing = holds
      ? [rewriteJob(await holdSeats(whole, job, work), work).write]
      : job.writes
    const changeset = await staged(spec, first, job.id)
    const writes = [...(await writesOf(changeset)), ...spec.more]
    await commit(scope, [...writes, ...standing, markLinking(scope, job.id)], made, job.id)
  } catch (error) {
    // Whether it was decided or not stands in the job: what is held for nothing goes back.
    if (holds) await finishLinks(scope, job.id).catch(() => undefined)
    throw error
  }
  // What this does not get done, the next who needs the document does.
  await finishLinks(scope, job.id).catch(() => undefined)
}

/**
 * Takes all seats, some at a time, before anything can be seen; throws `session_full` as soon as one is not to be had.
 * Each part moves the job's version: whoever gives the seats back does so before a part or after it, never between.
 */
async function holdSeats(whole: Changeset, job: NewJob, { holds, owner }: LinkWork): Promise<Job> {
  const { scope } = whole
  let standing = job.row
  const of = { job: job.id, person: owner.id }
  const units = await Promise.all(holds.map((session) => holdWrites(whole, session, of)))
  for (const [n, writes] of packed(units, job.writes.length).entries()) {
    const { write, next } = rewriteJob(standing, standing.work)
    await transact(scope, [...(n === 0 ? job.writes : [write]), ...writes])
    if (n > 0) standing = next
  }
  return standing
}

async function staged<M>(
  { begin, owner, wanted }: LinkCommit<M>,
  links: LinkChange[],
  job?: string,
): Promise<Changeset> {
  const changeset = begin(job)
  await load(changeset, links)
  for (const link of links) stage(changeset, link)
  const session = wanted && changeset.sessions.get(owner.id)
  if (session) session.after = inWantedOrder(session.after, wanted)
  for (const one of [...changeset.people.values(), ...changeset.sessions.values()]) unmoved(one)
  return changeset
}

/** What is wanted as it is keeps its time of change. */
function unmoved(one: Staged<Document>): void {
  if (one.before && !isChanged(one)) one.after.updatedAt = one.before.updatedAt
}

/** As many of the links as the first transaction holds beside the job. */
async function countThatFits<M>(spec: LinkCommit<M>, links: LinkChange[]): Promise<number> {
  const beside = spec.more.length + 3
  for (let count = links.length; ; ) {
    const changeset = await staged(spec, links.slice(0, count), 'some-job')
    const writes = (await writesOf(changeset)).length + beside
    if (writes <= maxWrites || count === 0) return count
    count = Math.min(count - 1, Math.floor((count * maxWrites) / writes))
  }
}

/** What others can fill up while the work lasts: seats, and the lists of those who have a role. */
function refusableFirst<M>({ owner, links }: LinkCommit<M>, changeset: Changeset): LinkChange[] {
  if (owner.kind !== 'person') return links
  const mayBeRefused = ({ link, added }: LinkChange) =>
    added &&
    (link.kind === 'role' || (link.kind === 'attends' && isCapped(changeset, link.session)))
  return [...links.filter(mayBeRefused), ...links.filter((change) => !mayBeRefused(change))]
}

const seatsFor = (changeset: Changeset, links: LinkChange[]): string[] =>
  links.flatMap(({ link, added }) =>
    added && link.kind === 'attends' && isCapped(changeset, link.session) ? link.session : [],
  )

const isCapped = ({ sessions }: Changeset, session: string): boolean =>
  sessions.get(session)?.after.capacity !== undefined
