import { keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'

/** An event that names an origin of apps, or an issuer of sign-ins; without one, a whole organisation does. */
export type Naming = { org: string; event?: string }
type Until = Pick<Scope, 'deadline'>
type Fits = (row: Naming) => boolean

/** How long a function may go on trusting a name after the event has taken it back. */
const trustMs = 30_000
const most = 1_000
const known = new Map<string, { rows: Naming[]; until: number }>()

/** Whether the organisation names the origin for all its events. */
export const isNamedForAll = async (until: Until, origin: string, org: string): Promise<boolean> =>
  (await naming(until, keys.origins(origin), (row) => row.org === org && !row.event)).length > 0

/** Whether the origin is named for this event, or anywhere where nothing is said; `org`: by whom alone. */
export async function isNamedBy(
  until: Until,
  origin: string,
  { event, org }: { event: string | undefined; org: string | undefined },
): Promise<boolean> {
  const rows = await naming(
    until,
    keys.origins(origin),
    (row) =>
      (org === undefined || row.org === org) && (!row.event || !event || row.event === event),
  )
  if (rows.some((row) => row.event || org !== undefined) || event === undefined) {
    return rows.length > 0
  }
  // What an organisation names counts in its own events.
  const wanted = rows.map((row) => keys.event(row.org, event))
  return (await getRows(until, wanted, ['pk', 'sk'])).length > 0
}

/** Who lets in whom this issuer has signed in, as it is now. */
export const namingIssuer = (until: Until, issuer: string): Promise<Naming[]> =>
  asked(until, keys.signIns(issuer))

/** The same as far as it is known. */
export const knownOfIssuer = (issuer: string): Naming[] => trusted(keys.signIns(issuer))

/** Rows that fit. What is not known to be named is asked: it may be so since. */
async function naming(until: Until, pk: string, fits: Fits): Promise<Naming[]> {
  const rows = trusted(pk).filter(fits)
  return rows.length > 0 ? rows : (await asked(until, pk)).filter(fits)
}

function trusted(pk: string): Naming[] {
  const found = known.get(pk)
  return found && found.until > Date.now() ? found.rows : []
}

async function asked(until: Until, pk: string): Promise<Naming[]> {
  const rows = await queryRows<Naming>(until, { pk })
  if (known.size >= most) known.clear()
  known.set(pk, { rows, until: Date.now() + trustMs })
  return rows
}
