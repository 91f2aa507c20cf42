import type { Event } from '#lib/model/event.ts'
import { mayEnter } from '#lib/model/roles.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { requireEvent } from '#lib/store/read/events.ts'
import { systemOf } from './query.ts'
import type { Asked } from './route.ts'

/** Finds the event that the path names; missing, foreign and not-yours answer the same. */
export async function enterEvent(asked: Asked, by = { number: false }): Promise<Asked> {
  const event = await requireEvent(asked.scope, asked.params.event ?? '', {
    system: systemOf(asked.request),
    byNumber: by.number,
    mayEnter: (id) => mayEnter(asked.token, id),
  })
  return inside(asked, event)
}

/** The same request inside an event. */
export const inside = (asked: Asked, event: Event): Asked => ({
  ...asked,
  event,
  scope: eventScope(asked.scope, event),
  view: { ...asked.view, zone: event.dates.zone },
})
