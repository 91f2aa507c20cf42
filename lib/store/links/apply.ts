import { retryOnConflict } from '#lib/table/retry.ts'
import { type EventScope, withoutRecording } from '#lib/table/scope.ts'
import { maxWrites, transact, type Write } from '#lib/table/transact.ts'
import { type Changeset, isThere, type LinkChange, load, newChangeset } from './changeset.ts'
import { stage } from './stage.ts'
import { writesOf } from './writes.ts'

/**
 * Brings about links that do not fit one transaction, some at a time. Each part leaves both sides equal, and
 * what is so already is passed over: it may be repeated after a kill at any point. `judged`: the caller has seen to
 * the limits of the whole, which parts may pass for a moment.
 */
export async function applyLinks(
  scope: EventScope,
  speakersGroup: string,
  changes: LinkChange[],
  judged = false,
): Promise<void> {
  for (let at = 0; at < changes.length; ) {
    const some = changes.slice(at, at + 40)
    at += await retryOnConflict(scope, () => applySome({ scope, speakersGroup, judged }, some))
  }
}

type Frame = Pick<Changeset, 'scope' | 'speakersGroup' | 'judged'>

/** Applies as many of the changes as fit, and says how many. */
async function applySome(frame: Frame, changes: LinkChange[]): Promise<number> {
  const { count, writes } = await fitting(frame, changes)
  if (writes.length > 0) await transact(withoutRecording(frame.scope), writes)
  return count
}

async function fitting(
  frame: Frame,
  changes: LinkChange[],
): Promise<{ count: number; writes: Write[] }> {
  const work: Changeset = {
    ...newChangeset(frame.scope, frame.speakersGroup),
    judged: frame.judged,
  }
  await load(work, changes)
  // What was deleted while a plan waited is passed over.
  const known = changes.filter(({ link, added }) => !added || isThere(work, link))
  for (const change of known) stage(work, change)
  const writes = writesOf(work)
  if (writes.length <= maxWrites) return { count: changes.length, writes }
  return fitting(frame, changes.slice(0, Math.ceil(changes.length / 2)))
}
