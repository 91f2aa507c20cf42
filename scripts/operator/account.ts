import {
  CloudFormationClient,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation'
import { stackName } from '#infra/settings.ts'
import { operatorError } from './sentence.ts'

/** How a deployment is named on the command line. */
export type Where = {
  stage?: string | undefined
  region?: string | undefined
  profile?: string | undefined
  /** A table named by hand: then no stack is asked for. */
  table?: string | undefined
}
export const whereOptions = {
  stage: { type: 'string' },
  region: { type: 'string' },
  profile: { type: 'string' },
  table: { type: 'string' },
} as const

/** Credentials that renew themselves as long as a command runs, and where they are good. */
export type Account = {
  region: string
  credentials: CloudFormationClient['config']['credentials']
  cloudFormation: CloudFormationClient
}
export type Deployment = Account & { table: string; outputs: Record<string, string> }

/** Finds a deployment, and hands its names and the credentials to what lib reads from the environment. */
export async function findDeployment(where: Where): Promise<Deployment> {
  const account = await signIn(where)
  const outputs = where.table ? {} : await outputsOf(account, stackName(where.stage ?? ''))
  const table = where.table ?? outputs.TableName ?? ''
  process.env.TABLE_NAME = table
  if (outputs.BucketName) process.env.BUCKET_NAME = outputs.BucketName
  return { ...account, table, outputs }
}

/** By AWS's default chain: environment, profile, SSO, process, role of the machine. */
export async function signIn({ profile, region: wanted }: Where): Promise<Account> {
  if (profile) {
    process.env.AWS_PROFILE = profile
    for (const name of keyVariables) delete process.env[name]
  }
  const cloudFormation = new CloudFormationClient({
    ...(wanted && { region: wanted }),
    maxAttempts: 3,
  })
  const { credentials } = cloudFormation.config
  const region = await cloudFormation.config.region()
  const { accessKeyId, secretAccessKey, sessionToken } = await credentials()
  Object.assign(process.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  })
  if (sessionToken) process.env.AWS_SESSION_TOKEN = sessionToken
  else delete process.env.AWS_SESSION_TOKEN
  return { region, credentials, cloudFormation }
}

const keyVariables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']

/** The outputs of a stack by name; a stack that is not there is a sentence. */
async function outputsOf(
  { cloudFormation, region }: Account,
  name: string,
): Promise<Record<string, string>> {
  const stack = await describe(cloudFormation, name)
  if (!stack)
    throw operatorError(
      `There is no stack ${name} in ${region}: deploy it, or name another --stage or --region.`,
    )
  if (/^(CREATE_IN_PROGRESS|CREATE_FAILED|ROLLBACK|DELETE)/.test(stack.StackStatus ?? '')) {
    throw operatorError(`The stack ${name} is not deployed: its state is ${stack.StackStatus}.`)
  }
  return Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  )
}

export async function describe(
  client: CloudFormationClient,
  name: string,
): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }))
    return Stacks[0]
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined
    throw error
  }
}
