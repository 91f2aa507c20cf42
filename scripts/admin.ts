import { parseArgs } from 'node:util'
import { type Deployment, findDeployment, whereOptions } from './operator/account.ts'
import { command, operatorError } from './operator/sentence.ts'
import { protect, tableClient } from './operator/table.ts'
import { firstToken, furtherToken, organisationsOf } from './operator/tokens.ts'

const usage = `npm run admin -- token                          the first token: a new organisation's super admin
npm run admin -- token --organisation org_…     one more super admin's, when the last one is lost
npm run admin -- organisations                  which organisations there are (reads the whole table)
npm run admin -- protect                        deletion protection for the table
  --stage NAME  --region REGION  --profile NAME  --table NAME (then no stack is asked)`

type Given = Deployment & { organisation?: string | undefined; name?: string | undefined }

const commands: Record<string, (given: Given) => Promise<void>> = {
  token,
  organisations,
  protect: guard,
}

await command(async () => {
  const { values, positionals } = parseArgs({
    options: { ...whereOptions, organisation: { type: 'string' }, name: { type: 'string' } },
    allowPositionals: true,
  })
  const run = commands[positionals.join(' ')]
  if (!run) throw operatorError(usage)
  const deployment = await findDeployment(values)
  await run({ ...deployment, organisation: values.organisation, name: values.name })
})

/** Prints a token that nobody can read again, and sees to it that the table cannot be deleted by mistake. */
async function token(given: Given): Promise<void> {
  const { organisation, name = 'Operator' } = given
  const made = organisation ? await furtherToken(organisation, name) : await firstToken()
  console.log(`organisation  ${made.organisation}\ntoken         ${made.text}`)
  await guard(given)
}

async function organisations(given: Given): Promise<void> {
  for (const [organisation, tokens] of await organisationsOf(given)) {
    const admins = tokens.filter(({ role }) => role === 'super_admin')
    const names = admins.map(({ name, createdAt }) => `${name} (${createdAt.slice(0, 10)})`)
    console.log(`${organisation}  ${names.join(', ') || 'no super admin'}`)
  }
}

async function guard(given: Given): Promise<void> {
  const isNew = await protect(tableClient(given), given.table)
  if (isNew) console.log(`${given.table} is now protected against deletion.`)
}
