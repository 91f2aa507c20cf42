import { randomUUID } from 'node:crypto'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { put, remove, type Step } from '#lib/table/transact.ts'

/**
 * Work that does not fit one transaction: written down with the effect that makes it visible (or keeps it
 * hidden), carried out in batches by anyone, any number of times, and struck out at the end (design §4).
 */
export type Plan<T = Record<string, unknown>> = {
  sk: string
  kind: string
  org: string
  event: string
  /** Milliseconds since 1970 before which the sweeper leaves it to the request that made it. */
  notBefore: number
  work: T
}

export type NewPlan = { id: string; step: Step; strike: Step }

/** The step that writes a plan down, and the one that strikes it out. `graceMs` is the maker's head start. */
export function newPlan(
  scope: Scope & Partial<Pick<EventScope, 'event'>>,
  kind: string,
  work: Record<string, unknown>,
  graceMs = 0,
): NewPlan {
  const id = `${new Date().toISOString()}#${randomUUID()}`
  const notBefore = Date.now() + graceMs
  const row = { kind, org: scope.org, event: scope.event ?? '', notBefore, work }
  return {
    id,
    step: put({ ...keys.plan(id), ...row }),
    strike: remove(keys.plan(id), { exists: true }, 'store_busy'),
  }
}

export const strikePlan = (id: string): Step => remove(keys.plan(id))

/** Plans whose time has come, oldest first. */
export async function duePlans(scope: Pick<Scope, 'deadline'>): Promise<Plan[]> {
  const plans = await queryRows<Plan>(scope, { pk: keys.plans() })
  return plans.filter(({ notBefore }) => notBefore <= Date.now())
}

/** A scope for carrying out a plan, outside any request. */
export const planScope = ({ org, event }: Plan, deadline: number): EventScope => ({
  org,
  event,
  e: `${org}#${event}`,
  zone: 'UTC',
  gone: new Set(),
  deadline,
})

/** Splits work into parts of at most `size`. */
export const parts = <T>(all: T[], size: number): T[][] =>
  [...Array(Math.ceil(all.length / size)).keys()].map((n) => all.slice(n * size, n * size + size))
