import { sets } from '#lib/store/sets.ts'
import { spreadWrites } from '#lib/table/shards.ts'
import { transact } from '#lib/table/transact.ts'
import { scopeOf } from './schedules.ts'

/** Gives the attendees of a session their shards, as a crowd does. */
export async function spreadOut(at: { token: string; id: string }, session: string): Promise<void> {
  const scope = await scopeOf(at)
  await transact(scope, spreadWrites(sets.attendees(scope, session)))
}
