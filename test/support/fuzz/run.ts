import fc from 'fast-check'
import { everyRoute } from '#functions/every-route.ts'
import { openapi } from '#lib/http/openapi/document.ts'
import type { Route } from '#lib/http/route.ts'
import { world } from '#test/support/security.ts'
import { furnish } from './furnish.ts'
import { type Judged, judge, type Known, knownOf } from './judge.ts'
import { type Planned, requestsOf } from './requests.ts'

export type Options = {
  seed: number
  count: number
  /** Routes to ask, by a part of their id; all of them when absent. */
  only?: string | undefined
  /** Called after each world with how many requests are done. */
  onProgress?: (done: number) => void
  /** Called with each world after its requests. */
  onWorld?: (world: Known) => Promise<void>
}
export type Finding = Judged & { world: number; index: number; route: string; principal: string }
export type Report = {
  requests: number
  routes: number
  statuses: Record<string, number>
  findings: Finding[]
}

const perWorld = 500
const atOnce = 4

/**
 * Sends requests made of our own document, over all routes and callers, and reports each answer that the document does
 * not know, each 500, and each refusal that wrote something. The same seed and count make the same requests; every
 * five hundred of them go into a world of their own.
 */
export async function fuzz({
  seed,
  count,
  only = '',
  onProgress,
  onWorld,
}: Options): Promise<Report> {
  const document = openapi(everyRoute, { version: 'fuzz' })
  const routes = everyRoute.filter(({ id }) => id.includes(only))
  // Where all is taken away that was made, little is left to ask about.
  const weightOf = ({ method }: Route) => (method === 'delete' ? 1 : 4)
  const requests = fc.oneof(
    ...routes.map((route) => ({ weight: weightOf(route), arbitrary: requestsOf(route, document) })),
  )
  const report: Report = { requests: 0, routes: routes.length, statuses: {}, findings: [] }
  for (let n = 0; report.requests < count; n += 1) {
    const numRuns = Math.min(perWorld, count - report.requests)
    const plans = fc.sample(requests, { seed: seed + n, numRuns })
    const here = knownOf(await world())
    report.findings.push(...(await inOneWorld(here, plans, n, report.statuses)))
    await onWorld?.(here)
    report.requests += plans.length
    onProgress?.(report.requests)
  }
  return report
}

async function inOneWorld(
  here: Known,
  plans: Planned[],
  n: number,
  statuses: Report['statuses'],
): Promise<Finding[]> {
  await furnish(here)
  const findings: Finding[] = []
  const next = plans.entries()
  const worker = async () => {
    for (const [index, plan] of next) {
      const judged = await judge(plan, here)
      statuses[judged.status] = (statuses[judged.status] ?? 0) + 1
      if (judged.fault === undefined) continue
      const { route, principal } = plan
      findings.push({ ...judged, world: n, index, route: route.id, principal })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return findings
}
