import { chunks } from '#lib/base/chunks.ts'
import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import type { Page, PageWanted } from '#lib/base/page.ts'
import { nowMillis } from '#lib/base/time.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { CountedEvent, Counters, Event } from '#lib/model/event.ts'
import { type Documents, keyOfId } from '#lib/store/find-many.ts'
import { storedEvent, storedEventAlong, storedEvents } from '#lib/store/read/stored-event.ts'
import { sets } from '#lib/store/sets.ts'
import { listCounted } from '#lib/table/counted.ts'
import { type Keeping, keepCounts, keptCounts } from '#lib/table/kept-counts.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { type EventScope, eventPrefix, type Scope } from '#lib/table/scope.ts'
import { countEvent } from './event-counts.ts'

type NameRow = { event: string }
type Naming = {
  /** Look the name up among this system's ids first. */
  system: string | undefined
  /** Integer numbers count as names (schedule routes). */
  byNumber: boolean
  mayEnter: (event: string) => boolean
}
/** What the path names beside the event, to be read along with it. */
export type Beside = { kind: keyof Documents; id: string }
type Found = { event: Event; along?: EventScope['along'] }

/** The event a path names by external id, id, number or short code; `event_not_found` for all else. */
export const requireEvent = async (scope: Scope, name: string, by: Naming): Promise<Event> =>
  (await requireEventAlong(scope, name, by)).event

/** The same, and what the path names beside it in the same call, where that is an id of ours. */
export async function requireEventAlong(
  scope: Scope,
  name: string,
  by: Naming,
  beside?: Beside,
): Promise<Found> {
  const id = await eventId(scope, name, by)
  if (id === undefined || !by.mayEnter(id)) throw new ApiError('event_not_found')
  const at = { e: eventPrefix(scope.org, id) }
  const key = beside && by.system === undefined ? keyOfId(at, beside.kind, beside.id) : undefined
  const { event, along } = key
    ? await storedEventAlong(scope, scope.org, id, key)
    : { event: await storedEvent(scope, scope.org, id), along: undefined }
  if (!event) throw new ApiError('event_not_found')
  return { event, ...(along && { along }) }
}

/** The events that a body refers to, in its order; `invalid_reference` names the entry by `fieldOf`. */
export const resolveEvents = (
  scope: Scope,
  names: string[],
  fieldOf: (n: number) => string,
): Promise<Event[]> =>
  Promise.all(
    names.map(async (name, n) => {
      const id = await eventId(scope, name, { system: scope.system, byNumber: false })
      const event = id && (await storedEvent(scope, scope.org, id))
      if (!event) {
        throw new ApiError('invalid_reference', unknownReference('event', name, fieldOf(n)))
      }
      return event
    }),
  )

type Listed = Key & Keeping<Counters>

/** Events of the organisation in id order, with their counters. */
export async function listEvents(scope: Scope, wanted: PageWanted): Promise<Page<CountedEvent>> {
  const page = await listCounted<Listed>(scope, sets.events(scope), wanted)
  const ids = page.rows.map(({ sk }) => sk)
  const listed = new Map(page.rows.map((row) => [row.sk, row]))
  const rows: CountedEvent[] = []
  for (const some of chunks(await storedEvents(scope, scope.org, ids), 8)) {
    const counted = some.map((event) => countListed(scope, event, listed.get(event.id)))
    rows.push(...(await Promise.all(counted)))
  }
  return { ...page, rows }
}

/** An event with the counts that the list keeps; else they are taken, and kept where nobody is at work in the event. */
async function countListed(
  scope: Scope,
  event: Event,
  listed: Listed | undefined,
): Promise<CountedEvent> {
  // What is being deleted is in sets and in no answer.
  const isWhole = listed && !event.gone?.size && !event.goneIn?.size
  const counters = isWhole && keptCounts(listed)
  if (counters) return { event, counters }
  const at = nowMillis()
  const counted = await countEvent(scope, event)
  if (isWhole) await keepCounts(scope, listed, { counts: counted.counters, at })
  return counted
}

/** The id of the event so named, or undefined. The event may be gone by the time it is read. */
async function eventId(scope: Scope, name: string, { system, byNumber }: Omit<Naming, 'mayEnter'>) {
  if (name.length > 1024) return undefined
  if (system !== undefined) {
    const known = await getRow<NameRow>(scope, keys.eventExternal(scope, system, name))
    if (known) return known.event
  }
  if (isId('event', name)) return name
  if (/^\d{1,15}$/.test(name)) {
    return byNumber
      ? (await getRow<NameRow>(scope, keys.eventNumber(scope, Number(name))))?.event
      : undefined
  }
  return (await getRow<NameRow>(scope, keys.slug(scope, name.toLowerCase())))?.event
}
