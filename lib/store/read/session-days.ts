import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

export type SessionDay = { day: string; count: number }

/**
 * The days that have sessions, all or one, in their order, with exact numbers. Days that nobody has changed since before they
 * had buckets are counted in one row, `<day>`; where `<day>#<bucket>` stand, these alone count.
 */
export async function sessionDays(scope: EventScope, day?: string): Promise<SessionDay[]> {
  const range = { pk: keys.sessionDays(scope), ...(day && { from: day, to: `${day}~` }) }
  const rows = await queryRows<{ sk: string; ct: number }>(scope, { ...range, only: ['sk', 'ct'] })
  const byDay = Map.groupBy(rows, ({ sk }) => sk.slice(0, '2027-05-04'.length))
  return [...byDay]
    .map(([day, all]) => {
      const buckets = all.filter(({ sk }) => sk !== day)
      const counted = buckets.length > 0 ? buckets : all
      return { day, count: counted.reduce((sum, { ct }) => sum + ct, 0) }
    })
    .filter(({ count }) => count > 0)
}
