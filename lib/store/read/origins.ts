import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'

/** An event that names an origin of apps. */
export type OriginRow = { org: string; event: string }

/** How long a function may go on trusting an origin after the event has taken it back. */
const trustMs = 30_000
const most = 1_000
const known = new Map<string, { rows: OriginRow[]; until: number }>()

/** Whether an event that `fits` names the origin. What is not known to be named is asked: it may be so since. */
export async function isNamedBy(
  scope: Pick<Scope, 'deadline'>,
  origin: string,
  fits: (row: OriginRow) => boolean,
): Promise<boolean> {
  const found = known.get(origin)
  if (found && found.until > Date.now() && found.rows.some(fits)) return true
  const rows = await queryRows<OriginRow>(scope, { pk: keys.origins(origin) })
  if (known.size >= most) known.clear()
  known.set(origin, { rows, until: Date.now() + trustMs })
  return rows.some(fits)
}
