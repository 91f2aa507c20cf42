import { defaultPolicy } from '#lib/base/clash.ts'
import type { Event } from '#lib/model/event.ts'
import { type EventScope, eventPrefix, type Scope } from '#lib/table/scope.ts'

const none: ReadonlySet<string> = new Set()

/** A scope inside an event as it was read. */
export const eventScope = <S extends Scope>(
  scope: S,
  event: Event,
  along?: EventScope['along'],
): S & EventScope => ({
  ...scope,
  ...(along && { along }),
  event: event.id,
  e: eventPrefix(event.org, event.id),
  zone: event.dates.zone,
  policy: event.conflictPolicy ?? defaultPolicy,
  deleting: event.gone ?? none,
  deletingIn: event.goneIn ?? none,
  linking: event.linking ?? none,
  speakersGroup: event.speakersGroup,
})

/** A scope for work on an event of which nothing but its id is known any more. */
export const remainsScope = (scope: Scope, event: string): EventScope => ({
  ...scope,
  event,
  e: eventPrefix(scope.org, event),
  zone: 'UTC',
  policy: defaultPolicy,
  deleting: none,
  deletingIn: none,
  linking: none,
  speakersGroup: '',
})
