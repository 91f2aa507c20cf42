import {
  DescribeTableCommand,
  type DynamoDBClient,
  ListTagsOfResourceCommand,
  RestoreTableToPointInTimeCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { operatorError } from './sentence.ts'
import { protect } from './table.ts'
import { until } from './wait.ts'

export type Restore = { from: string; to: string; at: Date | undefined }

/** Makes a new table of an old one's second; goes on where an earlier run of the same command was ended. */
export async function restoreTable(client: DynamoDBClient, restore: Restore): Promise<void> {
  const { from, to, at } = restore
  if (from === to)
    throw operatorError('--to is the name of a new table, not of the one that is restored.')
  if ((await statusOf(client, to)) === undefined) {
    await client.send(
      new RestoreTableToPointInTimeCommand({
        SourceTableName: from,
        TargetTableName: to,
        ...(at ? { RestoreDateTime: at } : { UseLatestRestorableTime: true }),
        BillingModeOverride: 'PAY_PER_REQUEST',
      }),
    )
  }
  await until(`the restore of ${to}`, async () => (await statusOf(client, to)) === 'ACTIVE')
}

/** undefined when there is no such table. */
export async function statusOf(client: DynamoDBClient, name: string): Promise<string | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
    return Table?.TableStatus
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}

/** What a restore leaves out: recovery, the attribute of the time to live, the stream, protection, tags. */
export async function applySettings(client: DynamoDBClient, { from, to }: Restore): Promise<void> {
  await client.send(
    new UpdateContinuousBackupsCommand({
      TableName: to,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    }),
  )
  await client
    .send(
      new UpdateTimeToLiveCommand({
        TableName: to,
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      }),
    )
    // It refuses to switch on what is on.
    .catch((error) => {
      if (!/already enabled/.test(String(error))) throw error
    })
  await client
    .send(
      new UpdateTableCommand({
        TableName: to,
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    )
    .catch((error) => {
      if (!/already has an enabled stream/.test(String(error))) throw error
    })
  await until(`the stream of ${to}`, async () => (await statusOf(client, to)) === 'ACTIVE')
  await protect(client, to)
  await copyTags(client, await arnOf(client, from), await arnOf(client, to))
}

/** The stream of a table, as a deployment that takes it over must name it. */
export async function streamOf(client: DynamoDBClient, TableName: string): Promise<string> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  return Table?.LatestStreamArn ?? ''
}

async function arnOf(client: DynamoDBClient, TableName: string): Promise<string> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  return Table?.TableArn ?? ''
}

async function copyTags(client: DynamoDBClient, from: string, to: string): Promise<void> {
  const { Tags = [] } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: from }))
  // Those of CloudFormation belong to what it made.
  const own = Tags.filter(({ Key = '' }) => !Key.startsWith('aws:'))
  if (own.length > 0) await client.send(new TagResourceCommand({ ResourceArn: to, Tags: own }))
}
