import { findMany } from '#lib/store/read/references.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { learn, type Presentation } from './presentation.ts'

/** Lets answers print these people's ids in the caller's system; reads nothing when that is our own. */
export async function learnPeople(
  scope: EventScope,
  view: Presentation,
  ids: Iterable<string | undefined>,
): Promise<void> {
  if (!view.system) return
  const known = [...ids].filter((id) => id !== undefined)
  const people = await findMany(scope, 'person', known)
  for (const { id, externalIds } of people.values()) learn(view, id, externalIds)
}
