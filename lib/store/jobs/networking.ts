import { isVisible } from '#lib/model/networking.ts'
import { ledgerOf } from '#lib/store/read/admission.ts'
import { keys, type RoundKey } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { maxWrites, remove, transact } from '#lib/table/transact.ts'
import { chunks, jobScope } from './queue.ts'
import type { JobRunner } from './runner.ts'

export const networkPlans: Record<string, JobRunner> = {
  /** Takes the rows of a round away that never became visible. */
  'undo-round': async (plan, deadline) => {
    const scope = jobScope(plan, deadline)
    const { session, round, run } = plan.work as RoundKey & { session: string }
    if (isVisible(await ledgerOf(scope, session), { round, run })) return true
    const { sk } = keys.pair(scope, session, { round, run }, '', '')
    return forgetPairs(scope, session, sk.slice(0, -1))
  },
}

/** Removes rounds and matches of a session that is deleted; false when the deadline came first. */
export async function unlinkNetworking(scope: EventScope, session: string): Promise<boolean> {
  if (!(await forgetPairs(scope, session, 'M#'))) return false
  await transact(scope, [remove(keys.networking(scope, session))])
  return true
}

async function forgetPairs(scope: EventScope, session: string, prefix: string): Promise<boolean> {
  const range = { pk: keys.pairs(scope, session), from: prefix, to: `${prefix}~` }
  const rows = await queryRows<{ sk: string }>(scope, { ...range, only: ['sk'] })
  for (const some of chunks(rows, Math.floor(maxWrites / 3))) {
    if (Date.now() >= scope.deadline) return false
    await transact(
      scope,
      some.flatMap(({ sk }) => {
        const [, round = '', run = '', a = '', b = ''] = sk.split('#')
        const made = { round: Number(round), run }
        return [
          remove(keys.match(scope, a, session, made)),
          remove(keys.match(scope, b, session, made)),
          remove(keys.pair(scope, session, made, a, b)),
        ]
      }),
    )
  }
  return true
}
