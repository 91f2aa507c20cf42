import { client } from '#lib/table/client.ts'

const realNow = Date.now
let ahead = 0

/**
 * Lets the clock of deadlines jump ahead right before the `n`th transaction from now (or call to the store), as if the store
 * had been slow until then; `ended` sets it right.
 */
export function jumpAt(
  n: number,
  ms: number,
  command = 'TransactWrite|Put',
): { ended: () => void } {
  let left = n
  Date.now = () => realNow() + ahead
  const name = 'jumpAt'
  client().middlewareStack.add(
    (next, context) => async (args) => {
      if (new RegExp(`^(${command})`).test(String(context.commandName))) {
        left -= 1
        if (left === 0) ahead += ms
      }
      return next(args)
    },
    { step: 'initialize', name },
  )
  return {
    ended: () => {
      client().middlewareStack.remove(name)
      Date.now = realNow
      ahead = 0
    },
  }
}

/** Sends a batch whose time is over before the `n`th transaction; before any row is begun where `n` is 0. */
export async function lateBatch<T>(n: number, send: () => Promise<T>): Promise<T> {
  const clock = n === 0 ? jumpAt(1, 23_500, '') : jumpAt(n, 23_500)
  try {
    return await send()
  } finally {
    clock.ended()
  }
}
