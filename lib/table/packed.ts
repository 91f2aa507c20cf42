import { chunks } from '#lib/base/chunks.ts'
import type { Scope } from './scope.ts'
import { maxWrites, transact } from './transact.ts'
import type { Write } from './writes.ts'

/**
 * Fills transactions by count. A unit is never divided, units keep their order, and each transaction holds as many as
 * fit beside `beside` other writes. A unit that is too large for any transaction stands alone.
 */
export function packed(units: Write[][], beside = 0): Write[][] {
  const parts: Write[][] = []
  let last: Write[] = []
  for (const unit of units) {
    if (last.length > 0 && last.length + unit.length + beside > maxWrites) {
      parts.push(last)
      last = []
    }
    last = [...last, ...unit]
  }
  return last.length > 0 ? [...parts, last] : parts
}

const transactionsAtOnce = 4

/** Carries out units of writes that need not happen together, in as few transactions as hold them. */
export async function transactInParts(scope: Scope, units: Write[][]): Promise<void> {
  for (const some of chunks(packed(units), transactionsAtOnce)) {
    await Promise.all(some.map((writes) => transact(scope, writes)))
  }
}
