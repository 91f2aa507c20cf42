import { type Instant, now } from '#lib/base/time.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { update, type Write } from '#lib/table/writes.ts'
import { newJob } from './queue.ts'

/** How often the calendar entry of a session or meeting has come to read otherwise by a name, and when last. */
export type EntryRevision = { n: number; at: Instant }

/** As many entries are revised in the transaction that renames somebody; more are a job. */
export const mostAtOnce = 25

/** The writes that revise the calendar entries of these sessions and meetings. */
export const revised = (scope: EventScope, entries: string[], by = 1): Write[] => [
  moved(keys.shownNames(scope)),
  ...entries.map((id) =>
    update(keys.entryRevision(scope, id), {
      set: { kind: 'entry_revision', at: now() },
      add: { n: by },
    }),
  ),
]

/** The write after which pages of the programme are others, though nobody is called otherwise. */
export const reshown = (scope: EventScope): Write => moved(keys.shownPeople(scope))

/** Counts that something is other than before: one of several in a transaction is enough. */
const moved = (key: Key): Write => ({
  ...update(key, { set: { kind: 'shown_names' }, add: { n: 1 } }),
  once: true,
})

/** The same for any number of them: many are named by `work`, and follow. */
export const revisedSoon = (
  scope: EventScope,
  entries: string[],
  work: { entries: string[] } | { track: string },
): Write[] =>
  entries.length <= mostAtOnce
    ? revised(scope, entries)
    : [...revised(scope, []), ...newJob(scope, 'revise-entries', work).writes]
