import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { client } from '#lib/table/client.ts'

type Fault = {
  /** The name of the command that meets the fault, such as TransactWriteItemsCommand, or `any`. */
  command: string
  /** `before`: the request never leaves. `after`: it was carried out, its answer is lost. */
  when: 'before' | 'after'
  times: number
  /** How many of these calls go through before. */
  skip?: number
  error: () => Error
}

/** Makes store calls of this process meet faults that the local engine never has; ended by the caller. */
export function inject(fault: Fault): { met: () => number; end: () => void } {
  let met = 0
  let left = fault.skip ?? 0
  const name = `fault-${Math.trunc(performance.now() * 1000)}`
  client().middlewareStack.add(
    (next, context) => async (args) => {
      const isMeant = fault.command === 'any' || context.commandName === fault.command
      const isDue = isMeant && met < fault.times
      if (!isDue || left-- > 0) return next(args)
      met += 1
      if (fault.when === 'after') await next(args)
      throw fault.error()
    },
    // Inside the SDK's own retries, as a fault of the network is.
    { step: 'finalizeRequest', name, priority: 'low' },
  )
  return { met: () => met, end: () => void client().middlewareStack.remove(name) }
}

export const reset = (): Error => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })

export const throttled = (): Error =>
  Object.assign(new Error('Rate exceeded'), {
    name: 'ThrottlingException',
    $metadata: { httpStatusCode: 400 },
  })

export const cancelled = (...codes: string[]): Error =>
  new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  })
