import { type Kind, kinds } from '#lib/base/ids.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { type Change, remove, update, type Write } from '#lib/table/writes.ts'

// Marks of work that is under way in an event stand on its row, which every request reads. What is being deleted counts
// up the event's version: whoever replaces the event meanwhile must read this list again.

/** So many ids stand on the event's row, which every request reads; more stand in rows beside it. */
export const mostOnEvent = 100

/** The writes after which no answer shows the object, whatever still refers to it (docs/data.md, Deletion). */
export function markDeleting(scope: EventScope, id: string): Write[] {
  if (scope.deleting.size < mostOnEvent) {
    return [onEvent(scope, { add: { gone: new Set([id]), vr: 1 } })]
  }
  const digit = digitOf(id)
  return [
    onEvent(scope, { add: { goneIn: new Set([digit]), vr: 1 } }),
    update(keys.moreDeleting(scope, digit), { add: { gone: new Set([id]) } }),
  ]
}

/** Forgets an object to which nothing refers any more: answers need not leave it out any longer. */
export async function unmarkDeleting(scope: EventScope, id: string): Promise<void> {
  const digit = digitOf(id)
  const isBeside = scope.deletingIn.has(digit)
  const gone = new Set([id])
  await transact(scope, [
    onEvent(scope, { drop: { gone }, add: { vr: 1 } }),
    ...(isBeside ? [update(keys.moreDeleting(scope, digit), { drop: { gone } })] : []),
  ])
  if (isBeside) await removeEmpty(scope, digit)
}

/** Nobody looks into a row in which nothing stands any more. */
async function removeEmpty(scope: EventScope, digit: string): Promise<void> {
  const key = keys.moreDeleting(scope, digit)
  const row = await getRow<{ gone?: Set<string> }>(scope, key)
  if (row?.gone) return
  await transact(scope, [
    remove(key, { equals: { gone: undefined } }, 'conflict'),
    onEvent(scope, { drop: { goneIn: new Set([digit]) } }),
  ]).catch((error) => {
    if (!(error instanceof VersionConflict)) throw error
  })
}

const onEvent = (scope: EventScope, change: Change): Write =>
  update(eventKey(scope), change, { exists: true }, 'event_not_found')

const digitOf = (id: string): string => ((id.codePointAt(id.length - 1) ?? 0) & 15).toString(16)

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
