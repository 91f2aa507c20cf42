import { AsyncLocalStorage } from 'node:async_hooks'
import { client } from '#lib/table/client.ts'

const current = new AsyncLocalStorage<string[]>()
let isWatching = false

/** Runs work and gives the keys of the rows that its store calls wrote, one `pk sk` each. */
export async function writtenBy<T>(
  work: () => Promise<T>,
): Promise<{ value: T; written: string[] }> {
  if (!isWatching) watch()
  isWatching = true
  const written: string[] = []
  const value = await current.run(written, work)
  return { value, written }
}

function watch(): void {
  client().middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const answered = await next(args)
        if (/^(Put|Update|Delete|TransactWrite|BatchWrite)/.test(commandName)) {
          current.getStore()?.push(...keysIn(args.input as Input))
        }
        return answered
      },
    { step: 'finalizeRequest', name: 'writtenBy', priority: 'low' },
  )
}

type Input = {
  Key?: Row
  Item?: Row
  TransactItems?: Record<string, Input>[]
  RequestItems?: Record<string, Record<string, Input>[]>
}
type Row = Record<string, string | { S?: string }>

function keysIn(input: Input): string[] {
  const { Key, Item, TransactItems = [], RequestItems = {} } = input
  const row = Key ?? Item
  const parts = [...TransactItems, ...Object.values(RequestItems).flat()]
  const inner = parts.flatMap(({ ConditionCheck: _, ...part }) =>
    Object.values(part).flatMap(keysIn),
  )
  return [...(row ? [`${textOf(row.pk)} ${textOf(row.sk)}`] : []), ...inner]
}

const textOf = (value: Row[string] | undefined): string =>
  typeof value === 'object' ? (value.S ?? '') : (value ?? '')
