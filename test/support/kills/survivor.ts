import { parentPort } from 'node:worker_threads'
import { setLogSink } from '#lib/base/log.ts'
import { type CallOptions, call } from '#test/support/call.ts'
import { runExports } from '#test/support/exports.ts'
import { runAllJobs } from '#test/support/factories.ts'

// The process that goes on when another was killed: it shares nothing with that one but the store.
export type Request = { method: string; path: string; options: CallOptions }
export type Answer = { status: number; text: string; headers: Record<string, string> }
export type Order = { n: number; table: string; jobs?: boolean; requests?: Request[] }
export type Done = { n: number; answers: Answer[]; failure?: string }

const atOnce = 6

setLogSink(() => undefined)

parentPort?.on('message', async (order: Order) => {
  process.env.TABLE_NAME = order.table
  const done: Done = await carriedOut(order).catch((error: Error) => ({
    n: order.n,
    answers: [],
    failure: error.stack ?? String(error),
  }))
  parentPort?.postMessage(done)
})

async function carriedOut({ n, jobs, requests = [] }: Order): Promise<Done> {
  if (jobs) {
    const { endLeases } = await import('#lib/store/exports/take.ts')
    await endLeases(Date.now() + 20_000)
    await runExports()
    await runAllJobs()
  }
  const answers: Answer[] = []
  const next = requests.entries()
  const worker = async () => {
    for (const [at, { method, path, options }] of next) {
      const { status, text, headers } = await call(method, path, options)
      answers[at] = { status, text, headers }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return { n, answers }
}
