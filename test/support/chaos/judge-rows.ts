import { parentPort, workerData } from 'node:worker_threads'
import { setLogSink } from '#lib/base/log.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { brokenInvariants } from '#test/support/kills/invariants.ts'

// Looks at the rows of a server that is ended, as a process of its own: DYNAMODB_ENDPOINT names the engine.
setLogSink(() => undefined)
const { event, token } = workerData as { event: string; token: string }
await runAllJobs()
parentPort?.postMessage(await brokenInvariants({ id: event, token }, []))
