import { chunks } from '#lib/store/jobs/queue.ts'
import { type Key, keys } from './keys.ts'
import { queryRows } from './query.ts'
import type { RecordedResponse, Scope } from './scope.ts'
import { remove, transact, update } from './transact.ts'

/**
 * Puts another outcome in place of recorded ones that are about somebody: a replay then answers that. Reads
 * what the organisation recorded since a day; false when the deadline came first.
 */
export async function eraseRecorded(
  scope: Scope,
  isAbout: (outcome: string) => boolean,
  instead: RecordedResponse,
): Promise<boolean> {
  for (const pk of keys.idempotencies(scope)) {
    let after: string | undefined
    do {
      if (Date.now() >= scope.deadline) return false
      const page = { pk, limit: 200, ...(after !== undefined && { after }) }
      const rows = await queryRows<Key & { outcome?: string }>(scope, page)
      const due = rows.filter(({ outcome }) => outcome !== undefined && isAbout(outcome))
      for (const some of chunks(due, 90)) {
        const writes = some.map((row) => rewrite(row, JSON.stringify(instead)))
        await transact({ org: scope.org, deadline: scope.deadline }, writes)
      }
      after = rows.length === 200 ? rows.at(-1)?.sk : undefined
    } while (after !== undefined)
  }
  return true
}

/** A record that has run out meanwhile stays away. */
const rewrite = (row: Key, outcome: string) =>
  update(row, { set: { outcome } }, { exists: true }, () => remove(row))
