import { randomUUID } from 'node:crypto'
import { type Instant, instantOf } from '#lib/base/time.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { put, remove, type Write } from '#lib/table/writes.ts'

type Until = Pick<Scope, 'deadline'>

/**
 * Work that does not fit one transaction: written down in the transaction that decides it, carried out in parts by
 * anyone, any number of times, and only ever forwards (docs/architecture.md, Long work).
 */
export type Job<T = Record<string, unknown>> = {
  id: string
  kind: string
  org: string
  /** The event's id, or '' for work outside events. */
  event: string
  /** When its turn comes: also its place in the queue. */
  due: Instant
  work: T
  /** Where it goes on. */
  place?: unknown
  failures: number
  /** Whose request decided it: what it writes is theirs. */
  actor?: string
  request?: string
  /** When it was written down; jobs of earlier releases have none. */
  createdAt?: Instant
  vr: number
}

export type NewJob = { id: string; row: Job; writes: Write[]; complete: Write[] }

/** The writes that enqueue a job, and those that complete it. `delayMs` is the head start of whoever makes it. */
export function newJob(
  scope: Scope & Partial<Pick<EventScope, 'event'>>,
  kind: string,
  work: Record<string, unknown>,
  delayMs = 0,
): NewJob {
  const id = randomUUID()
  const due = instantOf(Date.now() + delayMs)
  const of = { org: scope.org, event: scope.event ?? '', ...madeBy(scope) }
  const createdAt = instantOf(Date.now())
  const row = { id, kind, ...of, due, work, failures: 0, createdAt, vr: 1 }
  return {
    id,
    row,
    writes: [put({ ...keys.job(id), ...row }, { exists: false }, 'conflict'), queuedWrite(row)],
    complete: completeWrites(row),
  }
}

/** Who writes, as a scope or a job says it. */
export const madeBy = ({ actor, request }: Pick<Scope, 'actor' | 'request'>) => ({
  ...(actor !== undefined && { actor }),
  ...(request !== undefined && { request }),
})

/** A scope for the work of a job, until the deadline (milliseconds since 1970). */
export const jobScope = (job: Pick<Job, 'org' | 'actor' | 'request'>, deadline: number): Scope => ({
  org: job.org,
  deadline,
  ...madeBy(job),
})

/** The write that gives a job its next version, and other work, unless somebody has come between. */
export function rewriteJob<T>(job: Job<T>, work: T): { write: Write; next: Job<T> } {
  const next = { ...job, work, vr: job.vr + 1 }
  return { write: put({ ...keys.job(job.id), ...next }, { vr: job.vr }, 'conflict'), next }
}

/** The writes after which a job is done; in conflict when somebody else has completed it or moved its place. */
export const completeWrites = ({ id, due, vr }: Pick<Job, 'id' | 'due' | 'vr'>): Write[] => [
  remove(keys.job(id), { vr }, 'conflict'),
  remove(keys.queued(due, id)),
]

/** The writes that put a job into the queue anew, behind what is due earlier. */
export function requeueWrites(
  job: Job,
  change: Partial<Pick<Job, 'place' | 'work' | 'failures'>>,
  due: Instant,
): Write[] {
  const next = { ...job, ...change, due, vr: job.vr + 1 }
  return [
    put({ ...keys.job(job.id), ...next }, { vr: job.vr }, 'conflict'),
    ...(due === job.due ? [] : [remove(keys.queued(job.due, job.id))]),
    queuedWrite(next),
  ]
}

/** The write that notes where a job goes on, in the transaction that brings it there. */
export function placeWrite(job: Job, place: unknown): { write: Write; next: Job } {
  const next = { ...job, place, vr: job.vr + 1 }
  return { write: put({ ...keys.job(job.id), ...next }, { vr: job.vr }, 'conflict'), next }
}

/** The writes that take a job out of the queue for somebody to look at: it has failed too often. */
export const setAsideWrites = (job: Job, error: string): Write[] => [
  put({ ...keys.job(job.id), ...job, error, vr: job.vr + 1 }, { vr: job.vr }, 'conflict'),
  remove(keys.queued(job.due, job.id)),
  put({ ...keys.setAside(job.id), job: job.id, kind: job.kind, error }),
]

export const getJob = <T = Record<string, unknown>>(
  scope: Until,
  id: string,
): Promise<Job<T> | undefined> => getRow<Job<T>>(scope, keys.job(id))

/** A job's place in the queue. Versions before 0.2 wrote the work itself there. */
export type Queued = { due: Instant; job: string; former?: Former }
type Former = Pick<Job, 'kind' | 'org' | 'event' | 'work'> & { notBefore: number }

export const getJobs = <T = Record<string, unknown>>(
  scope: Until,
  ids: string[],
): Promise<Job<T>[]> => getRows<Job<T>>(scope, ids.map(keys.job))

/** Jobs whose turn has come, the longest waiting first; at most `limit`. */
export async function dueJobs(scope: Until, limit: number): Promise<Queued[]> {
  const to = `${instantOf(Date.now())}~`
  const rows = await queryRows<Key & Partial<Former>>(scope, { pk: keys.queue(), to, limit })
  return rows.map((row) => {
    const at = row.sk.indexOf('#')
    const queued = { due: row.sk.slice(0, at), job: row.sk.slice(at + 1) }
    return isFormer(row) ? { ...queued, former: row } : queued
  })
}

const isFormer = (row: Partial<Former>): row is Former =>
  typeof row.kind === 'string' && typeof row.work === 'object'

/** Kinds that mean the same today under another name. */
const renamed: Record<string, string> = {
  'empty-group': 'delete-group',
  'undo-round': 'discard-round',
}

/** The writes that make a job of work in the queue, due when its request can no longer be under way. */
export function adoptWrites({ due: since, job: id }: Queued, former: Former): Write[] {
  const { kind, org, event, notBefore, work } = former
  const { traces, ...rest } = work
  const row: Job = {
    id,
    kind: renamed[kind] ?? kind,
    org,
    event,
    due: instantOf(Math.max(notBefore, Date.now())),
    work: { ...rest, since, ...(traces !== undefined && { identifiers: traces }) },
    failures: 0,
    vr: 1,
  }
  return [
    put({ ...keys.job(id), ...row }, { exists: false }, 'conflict'),
    remove(keys.queued(since, id), { exists: true }, 'conflict'),
    queuedWrite(row),
  ]
}

/** The write that takes a place out of the queue that no job has any more. */
export const unqueueWrite = ({ due, job }: Queued): Write => remove(keys.queued(due, job))

const queuedWrite = ({ id, due }: Pick<Job, 'id' | 'due'>): Write => put(keys.queued(due, id))
