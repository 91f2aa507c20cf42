import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import type { Event } from '#lib/model/event.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { requireEvent } from './events.ts'
import { eventsOfIssuer } from './naming-events.ts'

/** The event so named, of whichever organisation, when it takes sign-ins of this issuer. */
export async function eventTaking(
  scope: Scope,
  issuer: string,
  { name, system }: { name: string; system: string | undefined },
): Promise<Event | undefined> {
  const byId = isId('event', name)
  const rows = await eventsOfIssuer(scope, issuer, ({ event }) => !byId || event === name)
  const ids = new Set(rows.map(({ event }) => event))
  for (const org of new Set(rows.map((row) => row.org))) {
    const by = { system, byNumber: true, mayEnter: (id: string) => ids.has(id) }
    const event = await requireEvent({ ...scope, org }, name, by).catch(unlessMissing)
    if (event?.signIn?.issuer === issuer) return event
  }
  return undefined
}

/** The id of whoever has this address (in its canonical form) in the event. */
export async function personWithAddress(
  scope: EventScope,
  address: string,
): Promise<string | undefined> {
  const found = await getRow<{ to: string }>(scope, keys.email(scope, address))
  return found && !scope.deleting.has(found.to) ? found.to : undefined
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error
}
