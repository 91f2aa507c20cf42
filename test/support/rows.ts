import { chunks } from '#lib/base/chunks.ts'
import type { Key } from '#lib/table/keys.ts'
import { maxWrites, transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'

/** Puts rows into the table as they are, for what would take too long to make through the API. */
export async function filled(rows: (Key & Record<string, unknown>)[]): Promise<void> {
  const scope = { org: '', deadline: Date.now() + 120_000 }
  for (const some of chunks(rows, maxWrites)) {
    await transact(
      scope,
      some.map((row) => put(row)),
    )
  }
}
