import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { check, type Write } from '#lib/table/writes.ts'

/** Holds while the event is there: from its deletion on, nothing is made in it. */
export const eventLives = (scope: EventScope): Write =>
  check(keys.event(scope.org, scope.event), { exists: true }, 'event_not_found')
