import { Duration, RemovalPolicy, type Stack, Validations } from 'aws-cdk-lib'
import {
  AttributeType,
  BillingMode,
  type ITable,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import type { Settings } from './settings.ts'

export type Storage = { table: ITable; bucket: IBucket; logs: IBucket }

/** What must survive everything, the deletion of the stack included; or what survived it, taken over by name. */
export function storage(stack: Stack, settings: Settings): Storage {
  const logs: IBucket = bucketOf(stack, 'Logs', {
    ...closed,
    // CloudFront delivers its logs by ACL; nothing else may.
    objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
    lifecycleRules: [{ expiration: Duration.days(settings.logDays) }],
  })
  const { tableName, tableStreamArn, bucketName } = settings
  if (bucketName) {
    const reason = 'It holds the logs of others; logs of its own would never end.'
    Validations.of(logs).acknowledge({ id: 'AwsSolutions-S1', reason })
  }
  return {
    table: tableName
      ? Table.fromTableAttributes(stack, 'Table', { tableName, tableStreamArn })
      : table(stack, settings),
    bucket: bucketName
      ? Bucket.fromBucketName(stack, 'Pictures', bucketName)
      : pictureBucket(stack, logs),
    logs,
  }
}

/** Goes only with a first deployment that fails: a new table or bucket is then empty. */
const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE

/** Without deletion protection, which would outlive a failed first deployment: `npm run admin` puts it on. */
function table(stack: Stack, { warmReads, warmWrites }: Settings): ITable {
  const made = new Table(stack, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: 'ttl',
    // What happens is told from it: no write pays for the feed of changes.
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy,
    ...((warmReads > 0 || warmWrites > 0) && {
      warmThroughput: {
        ...(warmReads > 0 && { readUnitsPerSecond: warmReads }),
        ...(warmWrites > 0 && { writeUnitsPerSecond: warmWrites }),
      },
    }),
  })
  return made as ITable
}

const pictureBucket = (stack: Stack, logs: IBucket): IBucket =>
  bucketOf(stack, 'Pictures', {
    ...closed,
    versioned: true,
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: 'pictures/',
    lifecycleRules: [
      // A day to undo a mistake; longer, and an erased picture would live on as an old version.
      { noncurrentVersionExpiration: Duration.days(1), expiredObjectDeleteMarker: true },
      // Exports are removed to the minute; what a kill has left goes by itself.
      { prefix: 'exports/', expiration: Duration.days(1) },
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  })

/** The classes of CDK do not fit their interfaces under exactOptionalPropertyTypes; so with the table. */
const bucketOf = (stack: Stack, id: string, props: BucketProps) =>
  new Bucket(stack, id, props) as IBucket

const closed = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  removalPolicy,
} satisfies BucketProps
