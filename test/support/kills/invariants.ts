import { call } from '#test/support/call.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { verifyTable } from '../../../scripts/verify-data/run.ts'

type At = { id: string; token: string }

const told = new Set<string>()

/**
 * What of the rows of a table, and of an event in it, does not fit together when nothing is left to do, and was not told
 * before: every judge of rows is asked here. Words are left out where nobody follows the stream that makes them.
 */
export async function brokenInvariants(at: At, skip: string[] = ['words']): Promise<string[]> {
  const { proofs } = await verifyTable({ segments: 1, pauseMs: 0, skip })
  const broken = proofs.map(({ broken }) => `has rows that do not agree: ${JSON.stringify(broken)}`)
  const all = [...broken, ...(await inconsistencies(at))].filter((one) => !told.has(one))
  for (const one of all) told.add(one)
  return all
}

async function inconsistencies(at: At): Promise<string[]> {
  const there = await call('GET', `/events/${at.id}`, { token: at.token })
  if (there.status === 404) return []
  return expectConsistent(at).then(
    () => [],
    (error: Error) => [`is inconsistent: ${error.stack?.slice(0, 900)}`],
  )
}
