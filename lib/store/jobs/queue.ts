import { randomUUID } from 'node:crypto'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { put, remove, type Write } from '#lib/table/transact.ts'

/**
 * Work that does not fit one transaction: written down with the effect that makes it visible (or keeps it
 * hidden), carried out in batches by anyone, any number of times, and struck out at the end (design §4).
 */
export type Job<T = Record<string, unknown>> = {
  sk: string
  kind: string
  org: string
  event: string
  /** Milliseconds since 1970 before which the sweeper leaves it to the request that made it. */
  notBefore: number
  work: T
}

export type NewJob = { id: string; write: Write; complete: Write }

/** The write that writes a plan down, and the one that strikes it out. `graceMs` is the maker's head start. */
export function newJob(
  scope: Scope & Partial<Pick<EventScope, 'event'>>,
  kind: string,
  work: Record<string, unknown>,
  graceMs = 0,
): NewJob {
  const id = `${new Date().toISOString()}#${randomUUID()}`
  const notBefore = Date.now() + graceMs
  const row = { kind, org: scope.org, event: scope.event ?? '', notBefore, work }
  return {
    id,
    write: put({ ...keys.plan(id), ...row }),
    complete: remove(keys.plan(id), { exists: true }, 'store_busy'),
  }
}

export const completeJob = (id: string): Write => remove(keys.plan(id))

/** Plans whose time has come, oldest first. */
export async function dueJobs(scope: Pick<Scope, 'deadline'>): Promise<Job[]> {
  const plans = await queryRows<Job>(scope, { pk: keys.plans() })
  return plans.filter(({ notBefore }) => notBefore <= Date.now())
}

/** A scope for carrying out a plan, outside any request. */
export const jobScope = ({ org, event }: Job, deadline: number): EventScope => ({
  org,
  event,
  e: `${org}#${event}`,
  zone: 'UTC',
  deleting: new Set(),
  deadline,
})

/** Splits work into parts of at most `size`. */
export const chunks = <T>(all: T[], size: number): T[][] =>
  [...Array(Math.ceil(all.length / size)).keys()].map((n) => all.slice(n * size, n * size + size))
