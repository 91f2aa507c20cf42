import { vi } from 'vitest'
import { client } from '#lib/table/client.ts'

let left = Number.POSITIVE_INFINITY
let placed = false

/**
 * Lets a process die: after `writes` more transactions, or rows that are put alone, every call to the store fails, until `restart`. What was
 * written stays written, as after a kill.
 */
export function crashAfter(writes: number): void {
  if (!placed) {
    placed = true
    client().middlewareStack.add(
      (next, context) => async (args) => {
        if (left <= 0) throw new Error('killed')
        if (
          /^(TransactWriteItems|TransactWrite|PutItem|Put)Command$/.test(
            String(context.commandName),
          )
        )
          left -= 1
        return next(args)
      },
      { step: 'initialize', name: 'crashAfter' },
    )
  }
  left = writes
}

export const restart = (): void => {
  left = Number.POSITIVE_INFINITY
}

/** Lets the process die as soon as work in several transactions is decided, before any of it is done. */
export const crashOnceDecided = (): void => crashOnceWritten('"apply-links"')

/** Lets the process die right behind the first transaction that has `part` in it. */
export function crashOnceWritten(part: string): void {
  crashAfter(Number.POSITIVE_INFINITY)
  const name = 'crashOnceWritten'
  client().middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args)
      const { TransactItems = '' } = args.input as Record<string, unknown>
      if (JSON.stringify(TransactItems).includes(part)) {
        client().middlewareStack.remove(name)
        left = 0
      }
      return answer
    },
    { step: 'initialize', name },
  )
}

/** Does something once, right before the first transaction (or batch of reads) whose keys hold `part`. */
export function rightBefore(
  part: string,
  work: () => Promise<unknown>,
  kind: 'TransactItems' | 'RequestItems' = 'TransactItems',
): void {
  const name = 'rightBefore'
  // One that nothing has met, of a test before.
  client().middlewareStack.remove(name)
  client().middlewareStack.add(
    (next) => async (args) => {
      const input = args.input as Record<string, unknown>
      // What is put alone is a transaction of one.
      const alone = kind === 'TransactItems' ? input.Item : undefined
      if (JSON.stringify(input[kind] ?? alone ?? '').includes(part)) {
        client().middlewareStack.remove(name)
        await work()
      }
      return next(args)
    },
    { step: 'initialize', name },
  )
}

/** Runs work an hour anHourLater, when whatever waits for a request to end waits no longer. */
export async function anHourLater<T>(work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
  try {
    return await work()
  } finally {
    vi.useRealTimers()
  }
}
