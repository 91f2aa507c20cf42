import type { Event } from '#lib/model/event.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { readAlong } from '#lib/table/along.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import { type EventScope, eventPrefix, type Scope } from '#lib/table/scope.ts'

type Until = Pick<Scope, 'deadline'>

/** An event as it stands, with all that is being deleted in it. */
export async function storedEvent(
  scope: Until,
  org: string,
  id: string,
): Promise<Event | undefined> {
  const event = await getRow<Event>(scope, keys.event(org, id))
  return event && whole(scope, event)
}

/** The same with a scope inside it until the deadline (milliseconds since 1970): for work that no request waits for. */
export async function eventAt(
  { org, event: id }: { org: string; event: string },
  deadline: number,
): Promise<{ event: Event; scope: EventScope } | undefined> {
  const event = await storedEvent({ deadline }, org, id)
  return event && { event, scope: eventScope({ org, deadline }, event) }
}

/** An event with a row of it, in one call: what a path names beside the event. */
export async function storedEventAlong(
  scope: Until,
  org: string,
  id: string,
  beside: Key,
): Promise<{ event?: Event; along?: EventScope['along'] }> {
  const key = keys.event(org, id)
  const rows = await getRows<Event & Key>(scope, [key, beside])
  const event = rows.find(({ pk, sk }) => pk === key.pk && sk === key.sk)
  if (!event) return {}
  const along = readAlong(rows.filter((row) => row !== event))
  return { event: await whole(scope, event), along }
}

/** Several events. */
export async function storedEvents(scope: Until, org: string, ids: string[]): Promise<Event[]> {
  const events = await getRows<Event>(
    scope,
    ids.map((id) => keys.event(org, id)),
  )
  return Promise.all(events.map((event) => whole(scope, event)))
}

async function whole(scope: Until, event: Event): Promise<Event> {
  const { goneIn, org, id } = event
  if (!goneIn) return event
  const at = { e: eventPrefix(org, id) }
  const rows = await getRows<{ gone?: Set<string> }>(
    scope,
    [...goneIn].map((digit) => keys.moreDeleting(at, digit)),
  )
  const gone = [event, ...rows].flatMap((row) => [...(row.gone ?? [])])
  return { ...event, gone: new Set(gone) }
}
