import type { Identifiers } from '#lib/model/identifiers.ts'
import { unmarkDeleting } from '#lib/store/deleting.ts'
import type { Job } from '#lib/store/queue.ts'
import { deleteFeedsOf } from '#lib/store/write/calendar-feeds.ts'
import { removeHidden } from '#lib/store/write/delete-person.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { inEvent, type JobRunner, type Progress } from './in-event.ts'
import { requestsEndedMs } from './links.ts'
import { eraseIdentified, unlinkRelations } from './unlink-person.ts'

type GonePerson = { person: string; identifiers?: Identifiers }

/** What is left of people who are deleted. */
export const peopleJobs: Record<string, JobRunner> = {
  'delete-person': inEvent(endPerson, (scope, { work }) => [
    keys.relations(scope, (work as GonePerson).person),
  ]),
}

/** Ends what a deleted person still has: links and document if they are only hidden, relations, traces to erase. */
export async function endPerson(scope: EventScope, { work, place }: Job): Promise<Progress> {
  const { person, identifiers } = work as GonePerson
  if (place !== undefined) return unlink(scope, person)
  const isHidden = scope.deleting.has(person)
  if (isHidden) await removeHidden(scope, person)
  if (!(await unlink(scope, person))) return false
  if (identifiers && !(await eraseIdentified(scope, identifiers))) return false
  if (isHidden) await unmarkDeleting(scope, person)
  // Once more when no request can be under way that still found the person; their identifiers are not kept for it.
  return { place: 'again', delayMs: requestsEndedMs, work: { person } }
}

/** Ends all that the person had alone or with others; false when the deadline came first. */
async function unlink(scope: EventScope, person: string): Promise<boolean> {
  await deleteFeedsOf(scope, person)
  return unlinkRelations(scope, person)
}
