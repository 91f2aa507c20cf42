import {
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DeleteTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { type Account, type Deployment, describe } from './account.ts'
import { statusOf } from './restore.ts'
import { operatorError } from './sentence.ts'
import { tableClient } from './table.ts'
import { until } from './wait.ts'

/** What a stack leaves behind on purpose, by name. */
export type Remains = { tables: string[]; buckets: string[]; logGroups: string[] }

/** Asked while the stack is there; a table or bucket that it took over is named by its outputs. */
export async function remainsOf(account: Account, name: string): Promise<Remains> {
  const { cloudFormation, region } = account
  const stack = await describe(cloudFormation, name)
  if (!stack) throw operatorError(`There is no stack ${name} in ${region}.`)
  const { StackResources = [] } = await cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName: name }),
  )
  const output = (key: string) =>
    (stack.Outputs ?? []).flatMap((one) => (one.OutputKey === key ? (one.OutputValue ?? []) : []))
  const ofType = (type: string) =>
    StackResources.flatMap((one) =>
      one.ResourceType === type ? (one.PhysicalResourceId ?? []) : [],
    )
  const both = (...some: string[][]) => [...new Set(some.flat())]
  return {
    tables: both(ofType('AWS::DynamoDB::Table'), output('TableName')),
    buckets: both(ofType('AWS::S3::Bucket'), output('BucketName')),
    logGroups: ofType('AWS::Logs::LogGroup'),
  }
}

export async function deleteStack({ cloudFormation }: Account, StackName: string): Promise<void> {
  await cloudFormation.send(
    new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }),
  )
  await cloudFormation.send(new DeleteStackCommand({ StackName }))
  await until(`the deletion of ${StackName}`, async () => {
    const stack = await describe(cloudFormation, StackName)
    if (stack?.StackStatus === 'DELETE_FAILED') {
      throw operatorError(
        `CloudFormation could not delete ${StackName}: ${stack.StackStatusReason}`,
      )
    }
    return stack === undefined || stack.StackStatus === 'DELETE_COMPLETE'
  })
}

/** Repeatable: what is gone already counts as deleted. */
export async function deleteRemains(
  account: Account,
  { tables, buckets, logGroups }: Remains,
  report: (what: string) => void,
): Promise<void> {
  for (const name of tables) {
    await deleteTable(account, name)
    report(`the table ${name}`)
  }
  for (const name of buckets) {
    await deleteBucket(account, name)
    report(`the bucket ${name}`)
  }
  const logs = new CloudWatchLogsClient(clientOptions(account))
  for (const logGroupName of logGroups) {
    await logs.send(new DeleteLogGroupCommand({ logGroupName })).catch(unlessGone)
    report(`the log group ${logGroupName}`)
  }
}

async function deleteTable(account: Account, TableName: string): Promise<void> {
  const client = tableClient(account)
  if ((await statusOf(client, TableName)) === undefined) return
  await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }))
  await until(
    `the table ${TableName}`,
    async () => (await statusOf(client, TableName)) === 'ACTIVE',
  )
  await client.send(new DeleteTableCommand({ TableName })).catch(unlessGone)
}

/** Every version and every mark of a deletion, a thousand at a time, and then the bucket. */
async function deleteBucket(account: Account, Bucket: string): Promise<void> {
  const client = new S3Client(clientOptions(account))
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket })).catch(unlessGone)
    if (!page) return
    const all = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
    if (all.length === 0) break
    const Objects = all.map(({ Key, VersionId }) => ({ Key, VersionId }))
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    )
    if (Errors[0])
      throw operatorError(`${Errors[0].Key} in ${Bucket} was not deleted: ${Errors[0].Message}`)
  }
  await client.send(new DeleteBucketCommand({ Bucket })).catch(unlessGone)
}

const clientOptions = ({ region, credentials }: Pick<Deployment, 'region' | 'credentials'>) => ({
  region,
  credentials,
  maxAttempts: 5,
})

function unlessGone(error: unknown): undefined {
  const gone = ['ResourceNotFoundException', 'NoSuchBucket']
  if (!(error instanceof Error && gone.includes(error.name))) throw error
}
