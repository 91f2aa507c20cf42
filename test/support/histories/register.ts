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
  const isDone = (done: bigint, n: number) => (done & (1n << BigInt(n))) !== 0n
  /** Which may be next: whatever was sent before the first answer of those that are left. */
  const possible = (done: bigint): number[] => {
    const left = [...all.keys()].filter((n) => !isDone(done, n))
    const limit = Math.min(...left.map((n) => (isOptional[n] ? Infinity : (all[n]?.answered ?? 0))))
    return left.filter((n) => (all[n]?.sent ?? 0) <= limit)
  }
  const search = (begun: bigint, state: string): boolean => {
    let done = begun
    let next = possible(done)
    // What changes nothing and fits now is as well done now as later.
    for (let found = true; found; next = possible(done)) {
      const idle = next.filter((n) => stateAfter(all[n], state) === state)
      for (const n of idle) done |= 1n << BigInt(n)
      found = idle.length > 0
    }
    if (all.every((_, n) => isOptional[n] || isDone(done, n))) return true
    const name = `${done} ${state}`
    if (seen.has(name)) return false
    seen.add(name)
    return next.some((n) => {
      const after = stateAfter(all[n], state)
      return after !== undefined && search(done | (1n << BigInt(n)), after)
    })
  }
  return search(0n, initial)
}

/** The state behind an operation; undefined when it could not have been answered so. */
function stateAfter(one: Operation | undefined, state: string): string | undefined {
  if (!one) return undefined
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
