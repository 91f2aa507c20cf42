import type { Event } from '#lib/model/event.ts'
import { mayEnter } from '#lib/model/roles.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { requireEventAlong } from '#lib/store/read/events.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { systemOf } from './query.ts'
import type { Asked, Route } from './route.ts'

type HowToEnter = {
  /** Integer numbers count as names. */
  number: boolean
  /** The kind of thing that the path names by this parameter: it is read along with the event. */
  names?: Route['names']
}

/** Finds the event that the path names; missing, foreign and not-yours answer the same. */
export async function enterEvent(
  asked: Asked,
  { number, names }: HowToEnter = { number: false },
): Promise<Asked> {
  const { scope, params, token, request } = asked
  const by = {
    system: systemOf(request),
    byNumber: number,
    mayEnter: (id: string) => mayEnter(token, id),
  }
  const beside = names && { kind: names, id: params[names] ?? '' }
  const { event, along } = await requireEventAlong(scope, params.event ?? '', by, beside)
  return inside(asked, event, along)
}

/** The same request inside an event. */
export const inside = (asked: Asked, event: Event, along?: EventScope['along']): Asked => ({
  ...asked,
  event,
  scope: eventScope(asked.scope, event, along),
  view: { ...asked.view, zone: event.dates.zone },
})
