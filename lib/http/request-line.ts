import type { Context } from 'hono'
import { countsRoutes } from '#lib/base/config.ts'
import { log, metricsIn } from '#lib/base/log.ts'
import type { Consumed } from '#lib/table/consumed.ts'
import type { Env } from './failure.ts'

/** The one line of a request: its route and never its path, the name of its error, what it took of the store. */
export function logRequest(c: Context<Env>, { calls, units, conflicts }: Consumed): void {
  const error = c.get('error')
  log('info', 'request', {
    request_id: c.get('requestId'),
    method: c.req.method,
    route: c.get('route') ?? 'none',
    status: c.res.status,
    ms: Date.now() - c.get('startedAt'),
    ...(error && { error }),
    calls,
    units,
    conflicts,
    ...(countsRoutes() && { count: 1, failures: c.res.status >= 500 ? 1 : 0, ...byRoute() }),
  })
}

const byRoute = () =>
  metricsIn(
    { count: 'Count', failures: 'Count', ms: 'Milliseconds', units: 'None', conflicts: 'Count' },
    ['route'],
  )
