import { client } from '#lib/table/client.ts'

export type Cost = {
  calls: number
  roundTrips: number
  units: number
  /** Those of them that were for writing. */
  written: number
  ms: number
}
type Call = { from: number; to: number; units: number; writes: boolean }

let open: Call[] | undefined

/** Measures the store calls of one piece of work: number, trips in sequence, read or write units, time. */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  watch()
  const calls: Call[] = []
  open = calls
  const started = performance.now()
  await work()
  const ms = performance.now() - started
  open = undefined
  return {
    calls: calls.length,
    roundTrips: wavesOf(calls),
    units: sum(calls),
    written: sum(calls.filter(({ writes }) => writes)),
    ms,
  }
}

const sum = (calls: Call[]): number => calls.reduce((all, { units }) => all + units, 0)

let watching = false

function watch(): void {
  if (watching) return
  watching = true
  client().middlewareStack.add(
    (next, context) => async (args) => {
      const from = performance.now()
      const input = { ...args.input, ReturnConsumedCapacity: 'TOTAL' }
      const result = await next({ ...args, input })
      const writes = /Write|Put|Update|Delete/.test(context.commandName ?? '')
      open?.push({ from, to: performance.now(), units: unitsIn(result.output), writes })
      return result
    },
    { step: 'initialize', name: 'countStoreCalls' },
  )
}

/** Calls that overlap travel together: a call that starts after all earlier ones ended is a new trip. */
function wavesOf(calls: Call[]): number {
  let waves = 0
  let end = -1
  for (const call of [...calls].sort((a, b) => a.from - b.from)) {
    if (call.from >= end) {
      waves += 1
      end = call.to
    } else end = Math.min(end, call.to)
  }
  return waves
}

function unitsIn(output: unknown): number {
  const consumed = (output as { ConsumedCapacity?: unknown }).ConsumedCapacity ?? []
  const all = (Array.isArray(consumed) ? consumed : [consumed]) as { CapacityUnits?: number }[]
  return all.reduce((sum, { CapacityUnits }) => sum + (CapacityUnits ?? 0), 0)
}
