import { whileFresh } from '#lib/table/retry.ts'
import { type EventScope, unrecorded } from '#lib/table/scope.ts'
import { maxSteps, type Step, transact } from '#lib/table/transact.ts'
import { type FactChange, isThere, load, newWork, type Work } from './changeset.ts'
import { draft } from './stage.ts'
import { stepsOf } from './writes.ts'

/**
 * Brings about facts that do not fit one transaction, some at a time. Each part leaves both sides equal, and
 * what is so already is passed over: it may be repeated after a kill at any point. `judged`: the caller has seen to
 * the limits of the whole, which parts may pass for a moment.
 */
export async function applyFacts(
  scope: EventScope,
  speakersGroup: string,
  changes: FactChange[],
  judged = false,
): Promise<void> {
  for (let at = 0; at < changes.length; ) {
    const some = changes.slice(at, at + 40)
    at += await whileFresh(scope, () => applySome({ scope, speakersGroup, judged }, some))
  }
}

type Frame = Pick<Work, 'scope' | 'speakersGroup' | 'judged'>

/** Applies as many of the changes as fit, and says how many. */
async function applySome(frame: Frame, changes: FactChange[]): Promise<number> {
  const { count, steps } = await fitting(frame, changes)
  if (steps.length > 0) await transact(unrecorded(frame.scope), steps)
  return count
}

async function fitting(
  frame: Frame,
  changes: FactChange[],
): Promise<{ count: number; steps: Step[] }> {
  const work: Work = { ...newWork(frame.scope, frame.speakersGroup), judged: frame.judged }
  await load(work, changes)
  // What was deleted while a plan waited is passed over.
  const known = changes.filter(({ fact, holds }) => !holds || isThere(work, fact))
  for (const change of known) draft(work, change)
  const steps = stepsOf(work)
  if (steps.length <= maxSteps) return { count: changes.length, steps }
  return fitting(frame, changes.slice(0, Math.ceil(changes.length / 2)))
}
