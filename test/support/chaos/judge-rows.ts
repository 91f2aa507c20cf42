import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { startS3 } from '#infra/local/s3.ts'
import { setLogSink } from '#lib/base/log.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { brokenInvariants } from '#test/support/kills/invariants.ts'
import { objectsIn } from '../../../scripts/verify-data/local.ts'
import { useObjects } from '../../../scripts/verify-data/objects.ts'

// Looks at the rows and the objects of a server that is ended, as a process of its own: DYNAMODB_ENDPOINT names the engine.
export type Judged = { folder: string; events: { id: string; token: string }[] }

setLogSink(() => undefined)
const { folder, events } = workerData as Judged
const bucket = 'plenary-pictures'
const s3 = await startS3(join(folder, 'pictures'), bucket)
Object.assign(process.env, {
  S3_ENDPOINT: s3.endpoint,
  BUCKET_NAME: bucket,
  AWS_ACCESS_KEY_ID: s3.keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: s3.keys.secretAccessKey,
})
await runAllJobs()
const until = { deadline: Date.now() + 60_000 }
const aside = await queryRows<{ kind: string; error: string }>(until, { pk: keys.allSetAside() })
useObjects(objectsIn(folder))
const faults = aside.map(({ kind, error }) => `a job was set aside, ${kind}: ${error}`)
for (const one of events) faults.push(...(await brokenInvariants(one, [])))
await s3.stop()
parentPort?.postMessage(faults)
