import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import type { Event } from '#lib/model/event.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'

type Named = { event: string }
type By = {
  /** Look the name up among this system's ids first. */
  system: string | undefined
  /** Integer numbers count as names (schedule routes). */
  byNumber: boolean
  mayEnter: (event: string) => boolean
}

/** The event a path names by external id, id, number or short code; `event_not_found` for all else. */
export async function requireEvent(scope: Scope, name: string, by: By): Promise<Event> {
  const id = await eventId(scope, name, by)
  if (id === undefined || !by.mayEnter(id)) throw new ApiError('event_not_found')
  const event = await getRow<Event>(scope, keys.event(scope.org, id))
  if (!event) throw new ApiError('event_not_found')
  return event
}

/** The id of the event so named, or undefined. The event may be gone by the time it is read. */
export async function eventId(scope: Scope, name: string, by: Omit<By, 'mayEnter'>) {
  if (name.length > 1024) return undefined
  if (by.system !== undefined) {
    const known = await getRow<Named>(scope, keys.eventExternal(scope, by.system, name))
    if (known) return known.event
  }
  if (isId('event', name)) return name
  if (/^\d{1,15}$/.test(name)) {
    return by.byNumber
      ? (await getRow<Named>(scope, keys.eventNumber(scope, Number(name))))?.event
      : undefined
  }
  return (await getRow<Named>(scope, keys.slug(scope, name.toLowerCase())))?.event
}
