import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { findDeployment, signIn, whereOptions } from './operator/account.ts'
import { eraseAgain, readErasures } from './operator/erasures.ts'
import { applySettings, type Restore, restoreTable, streamOf } from './operator/restore.ts'
import { command, operatorError } from './operator/sentence.ts'
import { tableClient } from './operator/table.ts'

const usage = `npm run restore -- --at 2027-05-04T09:30:00Z --to NEW-TABLE --erasures FILE
  --at latest is the last second that can be restored
  --erasures FILE lists who was erased since, a line each; --no-erasures says that nobody was
  --stage NAME  --region REGION  --profile NAME  --table NAME (restores this one, no stack is asked)`

await command(async () => {
  const { values } = parseArgs({
    options: {
      ...whereOptions,
      at: { type: 'string' },
      to: { type: 'string' },
      erasures: { type: 'string' },
      'no-erasures': { type: 'boolean' },
    },
  })
  const { at, to, erasures } = values
  if (!at || !to || (!erasures && !values['no-erasures'])) throw operatorError(usage)
  const since = secondOf(at)
  const list = erasures ? readErasures(erasures, since) : []
  const deployment = await findDeployment(values)
  const restore = { from: deployment.table, to, at: since }
  const client = tableClient(deployment)
  await inTable(client, restore)
  const streams = { from: await streamOf(client, restore.from), to: await streamOf(client, to) }
  // A restore takes hours; what lib reads from the environment may have ended meanwhile.
  await signIn(values)
  process.env.TABLE_NAME = to
  verify()
  console.log(`ok  ${await eraseAgain(list)} of ${list.length} people erased again`)
  console.log(switchLines(restore, streams, values.stage))
})

/** undefined stands for the last second there is. */
function secondOf(at: string): Date | undefined {
  if (at === 'latest') return undefined
  const instant = new Date(at)
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(at) && !Number.isNaN(instant.getTime()))
    return instant
  throw operatorError(`--at is a second with its zone, such as 2027-05-04T09:30:00Z, not "${at}".`)
}

async function inTable(client: ReturnType<typeof tableClient>, restore: Restore): Promise<void> {
  console.log(`    restores ${restore.from} into ${restore.to}: minutes to hours`)
  await restoreTable(client, restore)
  console.log(`ok  ${restore.to} is there`)
  await applySettings(client, restore)
  console.log('ok  recovery, time to live, stream, protection and tags are as they were')
}

function verify(): void {
  try {
    // Nobody follows this table's stream before the switch, so nobody has noted new words of people.
    const args = ['scripts/verify-data.ts', '--skip', 'words']
    execFileSync(process.execPath, args, { stdio: 'inherit' })
  } catch {
    throw operatorError('The restored data did not pass npm run verify-data: nothing was switched.')
  }
  console.log('ok  verified')
}

function switchLines(
  { from, to }: Restore,
  streams: { from: string; to: string },
  stage?: string,
): string {
  const deploy = `npx cdk deploy${stage ? ` -c stage=${stage}` : ''} -c tableName=`
  return `
Switch:  ${deploy}${to} -c tableStreamArn=${streams.to}
Back:    ${deploy}${from} -c tableStreamArn=${streams.from}
Write both names into cdk.context.json: every deployment from now on needs them.`
}
