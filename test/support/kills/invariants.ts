import { call } from '#test/support/call.ts'
import { expectConsistent } from '#test/support/consistent.ts'

/** What of the rows of an event, in which nothing is left to do, does not fit together: every judge of rows is asked here. */
export async function brokenInvariants(at: { id: string; token: string }): Promise<string[]> {
  const there = await call('GET', `/events/${at.id}`, { token: at.token })
  if (there.status === 404) return []
  return expectConsistent(at).then(
    () => [],
    (error: Error) => [`has rows that do not agree: ${error.stack?.slice(0, 900)}`],
  )
}
