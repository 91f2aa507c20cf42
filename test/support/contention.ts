import { setTimeout as sleep } from 'node:timers/promises'
import { TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { client } from '#lib/table/client.ts'
import { cancelled } from './faults.ts'

type Item = Partial<Record<'Put' | 'Update' | 'Delete' | 'ConditionCheck', object>>
type Row = { Item?: Record<string, unknown>; Key?: Record<string, unknown> }

type Contention = {
  conflicts: () => number
  /** Whether the store is at work for somebody. */
  isBusy: () => boolean
  end: () => void
}

/**
 * Makes transactions of this process that touch an item at the same time conflict, as DynamoDB does and the local
 * engine never: each holds its items for a while, and whoever meets one held is cancelled. Other calls take `readMs`.
 * Ended by the caller.
 */
export function contend(holdMs = 15, readMs = 0): Contention {
  const held = new Set<string>()
  let conflicts = 0
  let working = 0
  const name = `contention-${Math.trunc(performance.now() * 1000)}`
  client().middlewareStack.add(
    (go, context) => async (args) => {
      const next: typeof go = async (sent) => {
        working += 1
        return go(sent).finally(() => {
          working -= 1
        })
      }
      if (context.commandName === 'PutItemCommand' || context.commandName === 'UpdateItemCommand') {
        // A write alone holds nothing, but does not pass a transaction either.
        if (!held.has(nameOf({ Put: args.input }))) return next(args)
        conflicts += 1
        throw heldByTransaction()
      }
      if (context.commandName !== 'TransactWriteItemsCommand') {
        if (readMs > 0) await sleep(readMs)
        return next(args)
      }
      const { TransactItems = [] } = args.input as { TransactItems?: Item[] }
      const names = TransactItems.map(nameOf)
      if (names.some((one) => held.has(one))) {
        conflicts += 1
        throw cancelled(...names.map((one) => (held.has(one) ? 'TransactionConflict' : 'None')))
      }
      for (const one of names) held.add(one)
      try {
        await sleep(holdMs)
        return await next(args)
      } finally {
        for (const one of names) held.delete(one)
      }
    },
    { step: 'finalizeRequest', name, priority: 'low' },
  )
  return {
    conflicts: () => conflicts,
    isBusy: () => working > 0,
    end: () => void client().middlewareStack.remove(name),
  }
}

const heldByTransaction = () =>
  new TransactionConflictException({ message: 'Transaction is ongoing', $metadata: {} })

function nameOf(item: Item): string {
  const { Item, Key } = Object.values(item)[0] as Row
  const { pk, sk } = (Item ?? Key) as Record<string, unknown>
  return JSON.stringify([pk, sk])
}
