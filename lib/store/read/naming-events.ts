import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'

/** An event that names an origin of apps, or an issuer of sign-ins. */
export type NamingEvent = { org: string; event: string }

/** How long a function may go on trusting a name after the event has taken it back. */
const trustMs = 30_000
const most = 1_000
const known = new Map<string, { rows: NamingEvent[]; until: number }>()

/** Whether an event that `fits` names the origin. What is not known to be named is asked: it may be so since. */
export const isNamedBy = async (
  scope: Pick<Scope, 'deadline'>,
  origin: string,
  fits: (row: NamingEvent) => boolean,
): Promise<boolean> => (await eventsNaming(scope, keys.origins(origin), fits)).length > 0

/** The events that let in whom this issuer has signed in, and that `fits`. */
export const eventsOfIssuer = (
  scope: Pick<Scope, 'deadline'>,
  issuer: string,
  fits: (row: NamingEvent) => boolean,
): Promise<NamingEvent[]> => eventsNaming(scope, keys.signIns(issuer), fits)

async function eventsNaming(
  scope: Pick<Scope, 'deadline'>,
  pk: string,
  fits: (row: NamingEvent) => boolean,
): Promise<NamingEvent[]> {
  const found = known.get(pk)
  const trusted = found && found.until > Date.now() ? found.rows.filter(fits) : []
  if (trusted.length > 0) return trusted
  const rows = await queryRows<NamingEvent>(scope, { pk })
  if (known.size >= most) known.clear()
  known.set(pk, { rows, until: Date.now() + trustMs })
  return rows.filter(fits)
}
