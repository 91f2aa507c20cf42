/**
 * One operation on a register, as its client saw it: when it was sent and answered, and what came of it. Values are
 * written once each, so a value names its state.
 */
export type Operation = {
  client: number
  sent: number
  answered: number
} & (
  | { kind: 'read'; value: string }
  /** `expected`: only if that was there. `maybe`: nobody knows whether it was carried out. */
  | {
      kind: 'write'
      value: string
      expected?: string | undefined
      outcome: 'done' | 'refused' | 'maybe'
    }
)

/**
 * Whether there is one order in which these operations may have happened at single moments, each between being sent and
 * being answered (Wing and Gong, with the memory of Lowe). Operations that are not known to have been carried out may be left out.
 */
export function isLinearizable(initial: string, operations: Operation[]): boolean {
  const all = operations.toSorted((a, b) => a.sent - b.sent)
  const isOptional = all.map((one) => one.kind === 'write' && one.outcome === 'maybe')
  const seen = new Set<string>()
  const search = (done: bigint, state: string): boolean => {
    if (all.every((_, n) => isOptional[n] || done & (1n << BigInt(n)))) return true
    const name = `${done} ${state}`
    if (seen.has(name)) return false
    seen.add(name)
    // Whatever was answered first limits who may be next: all that were sent before that.
    let limit = Number.POSITIVE_INFINITY
    for (const [n, { answered }] of all.entries()) {
      if (!(done & (1n << BigInt(n))) && !isOptional[n]) limit = Math.min(limit, answered)
    }
    for (const [n, one] of all.entries()) {
      if (one.sent > limit) break
      if (done & (1n << BigInt(n))) continue
      const next = stateAfter(one, state)
      if (next !== undefined && search(done | (1n << BigInt(n)), next)) return true
    }
    return false
  }
  return search(0n, initial)
}

/** The state behind an operation; undefined when it could not have been answered so. */
function stateAfter(one: Operation, state: string): string | undefined {
  if (one.kind === 'read') return one.value === state ? state : undefined
  const isMet = one.expected === undefined || one.expected === state
  if (one.outcome === 'refused') return isMet ? undefined : state
  return isMet ? one.value : undefined
}

/** A history in the words of a report. */
export const told = (operations: Operation[]): string =>
  operations
    .toSorted((a, b) => a.sent - b.sent)
    .map((one) => {
      const what =
        one.kind === 'read'
          ? `reads ${one.value}`
          : `writes ${one.value}${one.expected === undefined ? '' : ` over ${one.expected}`}: ${one.outcome}`
      return `${one.client} ${what} (${one.sent.toFixed(1)} to ${one.answered.toFixed(1)})`
    })
    .join('\n')
