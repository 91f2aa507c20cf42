import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'

export type Storage = { table: Table; bucket: IBucket; logs: IBucket }

/** What must survive everything, the deletion of the stack included. */
export function storage(stack: Stack): Storage {
  const logs: IBucket = bucketOf(stack, 'Logs', {
    ...closed,
    // CloudFront delivers its logs by ACL; nothing else may.
    objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
    lifecycleRules: [{ expiration: Duration.days(30) }],
  })
  const bucket: IBucket = bucketOf(stack, 'Pictures', {
    ...closed,
    versioned: true,
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: 'pictures/',
    lifecycleRules: [
      // A day to undo a mistake; longer, and an erased picture would live on as an old version.
      { noncurrentVersionExpiration: Duration.days(1), expiredObjectDeleteMarker: true },
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  })
  return { table: table(stack), bucket, logs }
}

function table(stack: Stack): Table {
  return new Table(stack, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: 'ttl',
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  })
}

/** The classes of CDK do not fit their interfaces under exactOptionalPropertyTypes. */
const bucketOf = (stack: Stack, id: string, props: BucketProps) =>
  new Bucket(stack, id, props) as IBucket

const closed = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  removalPolicy: RemovalPolicy.RETAIN,
} satisfies BucketProps
