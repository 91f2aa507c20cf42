import { logCount } from '#lib/store/read/usage-logs.ts'
import { sets } from '#lib/store/sets.ts'
import { countIn, lastSegment } from '#lib/table/ordered-count.ts'
import { spreadWrites } from '#lib/table/shards.ts'
import { transact } from '#lib/table/transact.ts'
import { scopeOf } from './schedules.ts'

/** Gives the attendees of a session their shards, as a crowd does. */
export async function spreadOut(at: { token: string; id: string }, session: string): Promise<void> {
  const scope = await scopeOf(at)
  await transact(scope, spreadWrites(sets.attendees(scope, session)))
}

/** The same for the end of a schedule's logs. */
export async function spreadLogs(
  at: { token: string; id: string },
  schedule: number,
): Promise<void> {
  const scope = await scopeOf(at)
  const count = logCount(scope, schedule)
  const last = await lastSegment(scope, count)
  const [write] = countIn(count, last ? [last] : [], [last?.sk ?? ''])
  await transact(scope, write?.inCrowd?.open() ?? [])
}
