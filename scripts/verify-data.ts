import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findDeployment, whereOptions } from './operator/account.ts'
import { command, operatorError } from './operator/sentence.ts'
import type { Broken } from './verify-data/confirm.ts'
import { objectsIn, openCopy, openFolder } from './verify-data/local.ts'
import { mendingWrites } from './verify-data/mend.ts'
import { useObjects } from './verify-data/objects.ts'
import { mendTable, type Options, type Report, verifyTable } from './verify-data/run.ts'

const usage = `npm run verify-data -- --data .data              the data of npm start, which may go on running
npm run verify-data -- --endpoint URL            a DynamoDB on this machine
npm run verify-data -- --stage NAME              a deployment; --region REGION  --profile NAME
  --table NAME     the table, where it is not asked of a stack
  --bucket NAME    looks at pictures and exports as well
  --segments N     so much is read at once (4)
  --pause MS       between two looks at what seems broken (1000)
  --skip RULES     does not judge these, with commas between: words, where no stream is followed
  --repair         mends what follows from documents, and counts; of npm start only while it does not run
  --json           one JSON object in place of sentences

Reads every row and prints each rule that does not hold; exit code 1 when there are any.`

await command(async () => {
  const { values } = parseArgs({
    options: {
      ...whereOptions,
      data: { type: 'string' },
      endpoint: { type: 'string' },
      bucket: { type: 'string' },
      segments: { type: 'string', default: '4' },
      pause: { type: 'string', default: '1000' },
      skip: { type: 'string', default: '' },
      repair: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const segments = Number(values.segments)
  if (!Number.isInteger(segments) || segments < 1 || segments > 64)
    throw operatorError('--segments must be a number from 1 to 64.')
  const options = { segments, pauseMs: Number(values.pause), skip: values.skip.split(',') }
  const { data, endpoint, bucket } = values
  if (bucket) {
    process.env.BUCKET_NAME = bucket
    useObjects('bucket')
  }
  if (endpoint) process.env.DYNAMODB_ENDPOINT = endpoint
  if (data) process.env.TABLE_NAME = values.table ?? 'plenary'
  else if (process.env.DYNAMODB_ENDPOINT) process.env.TABLE_NAME ||= values.table ?? 'plenary'
  else await findDeployment({ ...values, table: values.table ?? tableOf(values.stage) })
  if (values.repair) {
    const { report, mended } = await (data ? mendFolder(data, options) : mendTable(options))
    print(report, { mended, asJson: values.json })
  } else {
    const report = await (data ? ofFolder(data, options) : verifyTable(options))
    print(report, { mended: [], asJson: values.json })
  }
  process.exit(process.exitCode)
})

/** Whoever has named a table in the environment means that one. */
function tableOf(stage: string | undefined): string | undefined {
  return stage === undefined ? process.env.TABLE_NAME : undefined
}

/**
 * A copy stands still: what it was taken in the midst of, as words that are not found yet, looks broken every time. So only
 * what is broken in a later copy as well is.
 */
async function ofFolder(folder: string, options: Options): Promise<Report> {
  const first = await ofCopy(folder, options)
  if (first.proofs.length === 0) return first
  await sleep(5_000)
  const second = await ofCopy(folder, options)
  const before = new Set(first.proofs.map(({ broken }) => `${broken.rule} ${broken.key}`))
  const proofs = second.proofs.filter(({ broken }) => before.has(`${broken.rule} ${broken.key}`))
  return { ...second, proofs }
}

async function ofCopy(folder: string, options: Options): Promise<Report> {
  const { end } = await openCopy(folder)
  useObjects(objectsIn(folder))
  try {
    return await verifyTable({ ...options, pauseMs: 0 })
  } finally {
    await end()
  }
}

async function mendFolder(folder: string, options: Options) {
  const { end } = await openFolder(folder)
  useObjects(objectsIn(folder))
  try {
    return await mendTable({ ...options, pauseMs: 0 })
  } finally {
    await end()
  }
}

type Printing = { mended: Broken[]; asJson: boolean }

function print({ proofs, reading, ...report }: Report, { mended, asJson }: Printing): void {
  const broken = proofs.map((proof) => proof.broken)
  const mendable = proofs.filter((proof) => mendingWrites(proof).length > 0).length
  if (broken.length > 0) process.exitCode = 1
  if (asJson) {
    console.log(JSON.stringify({ broken, mended, mendable, ...reading, ...report }))
    return
  }
  for (const { rule, key } of mended) console.log(`mended  ${rule}  ${key}`)
  for (const { rule, key, expected, found } of broken)
    console.log(`${rule}  ${key}\n    expected: ${expected}\n    found:    ${found}`)
  const { unsettled, jobs, ms, isReadTwice } = report
  const speed = Math.round((reading.rows * (isReadTwice ? 2 : 1)) / (ms / 1000))
  console.log(
    `${broken.length} broken of ${reading.rows} rows, read ${isReadTwice ? 'twice' : 'once'} in ` +
      `${(ms / 1000).toFixed(1)} s (${speed} a second) for ${Math.ceil(reading.units)} read units.`,
  )
  if (mendable > 0) console.log(`--repair mends ${mendable} of them.`)
  if (jobs > 0) console.log(`${jobs} jobs are under way: what they are about is not judged.`)
  if (unsettled > 0) console.log(`${unsettled} changed whenever they were looked at: run it again.`)
}
