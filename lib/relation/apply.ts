import { whileFresh } from '#lib/table/retry.ts'
import { type EventScope, unrecorded } from '#lib/table/scope.ts'
import { maxSteps, type Step, transact } from '#lib/table/transact.ts'
import { draft } from './draft.ts'
import { stepsOf } from './steps.ts'
import { type FactChange, isThere, load, newWork, type Work } from './work.ts'

/**
 * Brings about facts that do not fit one transaction, some at a time. Each part leaves both sides equal, and
 * what is so already is passed over: it may be repeated after a kill at any point.
 */
export async function applyFacts(
  scope: EventScope,
  speakersGroup: string,
  changes: FactChange[],
): Promise<void> {
  for (let at = 0; at < changes.length; ) {
    at += await whileFresh(scope, () => applySome(scope, speakersGroup, changes.slice(at, at + 40)))
  }
}

/** Applies as many of the changes as fit, and says how many. */
async function applySome(scope: EventScope, speakersGroup: string, changes: FactChange[]) {
  const { work, steps } = await fitting(scope, speakersGroup, changes)
  if (steps.length > 0) await transact(unrecorded(scope), steps)
  return work
}

async function fitting(
  scope: EventScope,
  speakersGroup: string,
  changes: FactChange[],
): Promise<{ work: number; steps: Step[] }> {
  const work: Work = newWork(scope, speakersGroup)
  await load(work, changes)
  // What was deleted while a plan waited is passed over.
  const known = changes.filter(({ fact, holds }) => !holds || isThere(work, fact))
  for (const change of known) draft(work, change)
  const steps = stepsOf(work)
  if (steps.length <= maxSteps) return { work: changes.length, steps }
  return fitting(scope, speakersGroup, changes.slice(0, Math.ceil(changes.length / 2)))
}
