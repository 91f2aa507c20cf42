import { isVisible, type RoundKey } from '#lib/model/networking.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { jobScope } from '#lib/store/queue.ts'
import { ledgerOf } from '#lib/store/read/admission.ts'
import { keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { remove, type Write } from '#lib/table/writes.ts'
import type { JobRunner, Progress } from './in-event.ts'

const pageOfPairs = 130

/**
 * Takes the rows of a round away that never became visible, whether or not its event is there. The place that it
 * keeps first moves the job's version: a request that is still at work can complete the round no more.
 */
const discardRound: JobRunner = async (job, deadline) => {
  const scope = remainsScope(jobScope(job, deadline), job.event)
  const { session, round, run } = job.work as RoundKey & { session: string }
  if (isVisible(await ledgerOf(scope, session), { round, run })) return true
  if (job.place === undefined) return { place: 'discarding' } satisfies Progress
  const { sk } = keys.pair(scope, session, { round, run }, ['', ''])
  return removePairs(scope, session, sk.slice(0, -1))
}

export const networkingJobs: Record<string, JobRunner> = { 'discard-round': discardRound }

/** Removes rounds and matches of a session that is deleted; false when the deadline came first. */
export async function unlinkNetworking(scope: EventScope, session: string): Promise<boolean> {
  if (!(await removePairs(scope, session, 'M#'))) return false
  await transact(scope, [remove(keys.networking(scope, session))])
  return true
}

/** Removes pairs page by page, each with the matches that stand under its two. */
async function removePairs(scope: EventScope, session: string, prefix: string): Promise<boolean> {
  const range = { pk: keys.pairs(scope, session), from: prefix, to: `${prefix}~` }
  const page = { ...range, only: ['sk'], limit: pageOfPairs }
  while (Date.now() < scope.deadline) {
    const rows = await queryRows<{ sk: string }>(scope, page)
    if (rows.length === 0) return true
    await transactInParts(
      scope,
      rows.map(({ sk }) => removedPair(scope, session, sk)),
    )
  }
  return false
}

function removedPair(scope: EventScope, session: string, sk: string): Write[] {
  const [, round = '', run = '', a = '', b = ''] = sk.split('#')
  const key = { round: Number(round), run }
  return [
    remove(keys.match(scope, a, session, key)),
    remove(keys.match(scope, b, session, key)),
    remove(keys.pair(scope, session, key, [a, b])),
  ]
}
