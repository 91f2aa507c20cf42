import { AsyncLocalStorage } from 'node:async_hooks'
import { client } from '#lib/table/client.ts'
import { s3Client } from '#lib/table/s3.ts'

/** Right before or right after which write call to the store a process is killed; none when absent. */
export type Kill = { at: number; when: 'before' | 'after' }
type Life = { kill: Kill | undefined; writes: number; isOver: boolean }

const current = new AsyncLocalStorage<Life>()
let isWatching = false

/**
 * Runs one request as if it had a process of its own, which is killed: from then on the store answers it nothing, whatever it
 * still tries. Gives how many write calls it made, to the table and to the bucket.
 */
export async function mortally<T>(
  kill: Kill | undefined,
  work: () => Promise<T>,
): Promise<{ value: T; writes: number }> {
  if (!isWatching) watch()
  isWatching = true
  const life = { kill, writes: 0, isOver: false }
  const value = await current.run(life, work)
  return { value, writes: life.writes }
}

type Next = (args: { input: object }) => Promise<{ output: object }>
type Stack = {
  add: (
    middleware: (next: Next, context: { commandName?: string }) => Next,
    options: { step: 'initialize'; name: string },
  ) => void
}

function watch(): void {
  for (const { middlewareStack } of [client(), s3Client()]) {
    const stack = middlewareStack as unknown as Stack
    stack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const life = current.getStore()
          if (!life) return next(args)
          if (life.isOver) throw killed()
          return isWrite.test(commandName) ? writing(life, () => next(args)) : next(args)
        },
      { step: 'initialize', name: 'mortally' },
    )
  }
}

const isWrite = /^(Put|Update|Delete|TransactWrite|BatchWrite|CreateMultipart|Upload|Complete)/

async function writing<T>(life: Life, write: () => Promise<T>): Promise<T> {
  life.writes += 1
  const isLast = life.writes === life.kill?.at
  if (isLast && life.kill?.when === 'before') {
    life.isOver = true
    throw killed()
  }
  if (!isLast) return write()
  await write().catch(() => undefined)
  // Its answer comes to nobody.
  life.isOver = true
  throw killed()
}

const killed = () => new Error('killed')
