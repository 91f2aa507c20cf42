import { call } from '#test/support/call.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import type { Place } from './world.ts'

/** What of the rows of a place, in which nothing is left to do, does not fit together: every judge of rows is asked here. */
export async function brokenInvariants({ ids, tokens }: Place): Promise<string[]> {
  const at = { id: ids.event ?? '', token: tokens.organiser }
  const there = await call('GET', `/events/${at.id}`, { token: at.token })
  if (there.status === 404) return []
  return expectConsistent(at).then(
    () => [],
    (error: Error) => [`has rows that do not agree: ${error.stack?.slice(0, 900)}`],
  )
}
