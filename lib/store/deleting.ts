import { type Kind, kinds } from '#lib/base/ids.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { update, type Write } from '#lib/table/writes.ts'

// Marks of work that is under way in an event stand on its row, which every request reads. What is being deleted counts
// up the event's version: whoever replaces the event meanwhile must read this list again.

/** The write after which no answer shows the object, whatever still refers to it (docs/data.md, Deletion). */
export const markDeleting = (scope: EventScope, id: string): Write =>
  update(
    eventKey(scope),
    { add: { gone: new Set([id]), vr: 1 } },
    { exists: true },
    'event_not_found',
  )

/** The write that shows it, or that forgets it when nothing refers to it any more. */
export const unmarkDeleting = (scope: EventScope, id: string): Write =>
  update(
    eventKey(scope),
    { drop: { gone: new Set([id]) }, add: { vr: 1 } },
    { exists: true },
    'event_not_found',
  )

/** Hidden objects of a kind: their rows may still be in the sets. */
export const deletingOf = (scope: EventScope, kind: Kind): string[] =>
  [...scope.deleting].filter((id) => id.startsWith(`${kinds[kind]}_`))

/** The write that tells everybody of links which are decided, and that they are not all there yet. */
export const markLinking = (scope: EventScope, job: string): Write =>
  update(eventKey(scope), { add: { linking: new Set([job]) } }, { exists: true }, 'event_not_found')

/** The write after which nobody looks for them any more. */
export const unmarkLinking = (scope: EventScope, job: string): Write =>
  update(
    eventKey(scope),
    { drop: { linking: new Set([job]) } },
    { exists: true },
    'event_not_found',
  )

const eventKey = (scope: EventScope) => keys.event(scope.org, scope.event)
