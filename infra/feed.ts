import { Duration, type Stack, Validations } from 'aws-cdk-lib'
import { CfnTable, type ITable } from 'aws-cdk-lib/aws-dynamodb'
import { Effect, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import {
  EventSourceMapping,
  FilterCriteria,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { followed } from '#lib/store/feed/followed.ts'
import { lambda, type Surroundings, type Work } from './functions.ts'

/** Numbers the changes that the table's stream tells of. */
export function feed(
  stack: Stack,
  around: Surroundings,
): { feedFailures: Queue; feeding: LambdaFunction } {
  const feedFailures = new Queue(stack, 'FeedFailures', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  })
  const reason = 'It holds what the mapping gave up, as a dead-letter queue does.'
  Validations.of(feedFailures).acknowledge({ id: 'AwsSolutions-SQS3', reason })
  const work = {
    name: 'feed',
    table: 'write',
    bucket: 'none',
    memoryMb: 1024,
    // Changes, and where they stand under objects and organisations; it makes no other row.
    puts: ['*#L', '*#L#*', '*#LO#*', 'LE', 'LF'],
    // The words by which people are found come and go.
    writes: ['*#Q#*'],
  } satisfies Work
  const feeding = lambda(stack, work, around, { timeout: Duration.seconds(60) })
  followStream(stack, around.table, feeding, { failures: feedFailures, filters })
  return { feedFailures, feeding }
}

type Following = { failures: Queue; filters: Record<string, unknown>[] }

/**
 * Hands a function the records of the table's stream, those of one row in their order. What fails comes again until it
 * is too old, so that nothing is passed over; what is given up then is kept by name in the queue.
 */
export function followStream(
  stack: Stack,
  table: ITable,
  target: LambdaFunction,
  { failures, filters }: Following,
): void {
  const stream = table.tableStreamArn
  if (!stream) throw new Error('the table has no stream')
  const id = target.node.id.replace(/Function$/, '')
  const reading = new Policy(stack, `${id}Stream`, {
    ...(target.role && { roles: [target.role] }),
    statements: [
      allow(['DescribeStream', 'GetRecords', 'GetShardIterator'], stream),
      // Asked about the table, not about the stream of a certain moment.
      allow(['ListStreams'], `${table.tableArn}/stream/*`),
    ],
  })
  acknowledge(stack, reading, table)
  const mapping = new EventSourceMapping(stack, `${id}Source`, {
    target,
    eventSourceArn: stream,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 200,
    parallelizationFactor: 1,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    onFailure: new SqsDlq(failures),
    filters: filters.map((one) => FilterCriteria.filter(one)),
  })
  mapping.node.addDependency(reading)
}

function acknowledge(stack: Stack, reading: Policy, table: ITable): void {
  const made = table.node.defaultChild
  const arn =
    made instanceof CfnTable
      ? `<${stack.getLogicalId(made)}.Arn>`
      : `arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/${table.tableName}`
  Validations.of(reading).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arn}/stream/*]`,
    reason: 'Streams are listed by their table; the wildcard stands for no other.',
  })
}

/** The same as `isFollowed` says. */
const filters = [
  { dynamodb: { Keys: { pk: { S: followed.partitions.map((suffix) => ({ suffix })) } } } },
  { dynamodb: { Keys: { sk: { S: followed.sortKeys } } } },
  { dynamodb: { NewImage: { kind: { S: followed.kinds } } } },
  { dynamodb: { OldImage: { kind: { S: followed.kinds } } } },
]

const allow = (actions: string[], resource: string) =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [resource],
  })
