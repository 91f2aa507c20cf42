import { vi } from 'vitest'
import { client } from '#lib/table/client.ts'

let left = Number.POSITIVE_INFINITY
let placed = false

/**
 * Lets a process die: after `writes` more transactions every call to the store fails, until `revive`. What was
 * written stays written, as after a kill.
 */
export function dieAfter(writes: number): void {
  if (!placed) {
    placed = true
    client().middlewareStack.add(
      (next, context) => async (args) => {
        if (left <= 0) throw new Error('killed')
        if (context.commandName === 'TransactWriteItemsCommand') left -= 1
        if (context.commandName === 'TransactWriteCommand') left -= 1
        return next(args)
      },
      { step: 'initialize', name: 'dieAfter' },
    )
  }
  left = writes
}

export const revive = (): void => {
  left = Number.POSITIVE_INFINITY
}

/** Runs work an hour later, when whatever waits for a request to end waits no longer. */
export async function later<T>(work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
  try {
    return await work()
  } finally {
    vi.useRealTimers()
  }
}
