import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { stackName } from '#infra/settings.ts'
import { signIn, whereOptions } from './operator/account.ts'
import { deleteRemains, deleteStack, type Remains, remainsOf } from './operator/destroy.ts'
import { command, operatorError } from './operator/sentence.ts'

// Deletes a deployment and all its data, for good: npm run destroy-everything -- --stage test
await command(async () => {
  const { values } = parseArgs({ options: whereOptions })
  const account = await signIn(values)
  const name = stackName(values.stage ?? '')
  const remains = await remainsOf(account, name)
  print(name, account.region, remains)
  await confirm(name)
  await deleteStack(account, name)
  console.log(`ok  the stack ${name} is gone`)
  await deleteRemains(account, remains, (what) => console.log(`ok  ${what} is gone`))
  console.log(
    'DynamoDB keeps its own backup of a table with recovery for 35 days, which nobody can delete.',
  )
})

function print(name: string, region: string, { tables, buckets, logGroups }: Remains): void {
  console.log(`In ${region}, for good:\n  stack      ${name}`)
  for (const one of tables) console.log(`  table      ${one}`)
  for (const one of buckets) console.log(`  bucket     ${one} and every version in it`)
  for (const one of logGroups) console.log(`  log group  ${one}`)
}

/** The name, typed: a yes is typed too easily. */
async function confirm(name: string): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  const typed = await lines.question(`\nType ${name} to delete all of this: `)
  lines.close()
  if (typed.trim() !== name) throw operatorError('Nothing was deleted.')
}
