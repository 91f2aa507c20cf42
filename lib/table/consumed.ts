import { AsyncLocalStorage } from 'node:async_hooks'
import { cancellationOf } from './refusals.ts'
import type { TableClient } from './short/both.ts'

/** What the store calls of one piece of work took: how many, their units, and how often they met others. */
export type Consumed = { calls: number; units: number; conflicts: number }

// The calls are counted where they leave the process, far below whoever wants the sum: a parameter would have to
// go through every store function for the sake of a log line.
const current = new AsyncLocalStorage<Consumed[]>()

/** Runs work and adds what its store calls take; what is counted further out counts it too. */
export const countConsumed = <T>(consumed: Consumed, work: () => T): T =>
  current.run([...(current.getStore() ?? []), consumed], work)

/** Lets every call of a client say its units. */
export function countCalls(client: TableClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const counting = current.getStore()
      if (!counting) return next(args)
      for (const one of counting) one.calls += 1
      try {
        const answered = await next({
          ...args,
          input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' },
        })
        const units = unitsIn(answered.output)
        for (const one of counting) one.units += units
        return answered
      } catch (error) {
        if (isConflict(error)) for (const one of counting) one.conflicts += 1
        throw error
      }
    },
    { step: 'initialize', name: 'countConsumed' },
  )
}

type Capacity = { CapacityUnits?: number }

function unitsIn(output: unknown): number {
  const { ConsumedCapacity = [] } = output as { ConsumedCapacity?: Capacity | Capacity[] }
  return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
}

function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'TransactionConflictException') return true
  return cancellationOf(error)?.some(({ Code }) => Code === 'TransactionConflict') ?? false
}
