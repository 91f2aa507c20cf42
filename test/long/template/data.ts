import type { Json, Rule, View } from './template.ts'

const table = (t: View): Json => t.properties('DynamoDB::Table')
const bucket = (t: View): Json => t.properties('S3::Bucket', 'Pictures')
const logs = (t: View): Json => t.properties('S3::Bucket', 'Logs')
const policyOf = (t: View, start: string): Json[] =>
  t.properties('S3::BucketPolicy', start).PolicyDocument.Statement
const plainHttp = (statement: Json) =>
  statement.Effect === 'Deny' && statement.Condition?.Bool?.['aws:SecureTransport'] === 'false'

const tableRules: Rule[] = [
  {
    says: 'the table is kept when the stack goes, but not when the first deployment fails',
    holds: (t) => t.one('DynamoDB::Table').DeletionPolicy === 'RetainExceptOnCreate',
    broken: (t) => Object.assign(t.one('DynamoDB::Table'), { DeletionPolicy: 'Delete' }),
  },
  {
    says: 'the table is kept when it is replaced',
    holds: (t) => t.one('DynamoDB::Table').UpdateReplacePolicy === 'Retain',
    broken: (t) => Object.assign(t.one('DynamoDB::Table'), { UpdateReplacePolicy: 'Delete' }),
  },
  {
    says: 'the table has no deletion protection at birth, which would outlive a failed deployment',
    holds: (t) => table(t).DeletionProtectionEnabled === undefined,
    broken: (t) => Object.assign(table(t), { DeletionProtectionEnabled: true }),
  },
  {
    says: 'the table can be restored to any second of 35 days',
    holds: (t) => table(t).PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true,
    broken: (t) => delete table(t).PointInTimeRecoverySpecification,
  },
  {
    says: 'the table costs nothing while nobody calls',
    holds: (t) => table(t).BillingMode === 'PAY_PER_REQUEST',
    broken: (t) => Object.assign(table(t), { BillingMode: 'PROVISIONED' }),
  },
  {
    says: 'the table is encrypted with a key whose use is logged',
    holds: (t) => table(t).SSESpecification?.SSEEnabled === true,
    broken: (t) => delete table(t).SSESpecification,
  },
  {
    says: 'the table lets rows go by their ttl',
    holds: (t) => table(t).TimeToLiveSpecification?.AttributeName === 'ttl',
    broken: (t) => Object.assign(table(t).TimeToLiveSpecification, { AttributeName: 'expires' }),
  },
  {
    says: 'the table has the keys of design, pk and sk',
    holds: (t) =>
      JSON.stringify(table(t).KeySchema)
        .match(/"(pk|sk)"/g)
        ?.join() === '"pk","sk"',
    broken: (t) => table(t).KeySchema.reverse(),
  },
  {
    says: 'the keys of the table are texts',
    holds: (t) => table(t).AttributeDefinitions.every((one: Json) => one.AttributeType === 'S'),
    broken: (t) => Object.assign(table(t).AttributeDefinitions[1], { AttributeType: 'B' }),
  },
  {
    says: 'the table has no index: every read can be consistent',
    holds: (t) => !('GlobalSecondaryIndexes' in table(t)),
    broken: (t) => Object.assign(table(t), { GlobalSecondaryIndexes: [] }),
  },
  {
    says: 'the table has no fixed name, so that stages and regions stand side by side',
    holds: (t) => table(t).TableName === undefined,
    broken: (t) => Object.assign(table(t), { TableName: 'plenary' }),
  },
]

const bucketRules: Rule[] = [
  {
    says: 'both buckets are kept, but not when the first deployment fails',
    holds: (t) =>
      t.all('S3::Bucket').every(([, one]) => one.DeletionPolicy === 'RetainExceptOnCreate'),
    broken: (t) => Object.assign(t.one('S3::Bucket', 'Logs'), { DeletionPolicy: 'Retain' }),
  },
  ...['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].map(
    (name): Rule => ({
      says: `both buckets are closed to the public (${name})`,
      holds: (t) =>
        t.all('S3::Bucket').every(([, one]) => one.Properties.PublicAccessBlockConfiguration[name]),
      broken: (t) => delete logs(t).PublicAccessBlockConfiguration[name],
    }),
  ),
  {
    says: 'both buckets are encrypted',
    holds: (t) => t.all('S3::Bucket').every(([, one]) => one.Properties.BucketEncryption),
    broken: (t) => delete logs(t).BucketEncryption,
  },
  {
    says: 'pictures are not to be had by plain HTTP',
    holds: (t) => policyOf(t, 'Pictures').some(plainHttp),
    broken: (t) => policyOf(t, 'Pictures').splice(0, 1),
  },
  {
    says: 'logs are not to be had by plain HTTP',
    holds: (t) => policyOf(t, 'Logs').some(plainHttp),
    broken: (t) => policyOf(t, 'Logs').splice(0, 1),
  },
  {
    says: 'no bucket is open to anybody at all',
    holds: (t) =>
      t
        .all('S3::BucketPolicy')
        .flatMap(([, one]) => one.Properties.PolicyDocument.Statement)
        .every((one: Json) => one.Effect === 'Deny' || one.Principal.Service),
    broken: (t) =>
      policyOf(t, 'Logs').push({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }),
  },
  {
    says: 'CloudFront reads pictures for our distribution only',
    holds: (t) =>
      policyOf(t, 'Pictures').every(
        (one) =>
          one.Effect === 'Deny' ||
          one.Principal.Service !== 'cloudfront.amazonaws.com' ||
          JSON.stringify(one.Condition.StringEquals['AWS:SourceArn'] ?? '').includes(
            'Distribution',
          ),
      ),
    broken: (t) => delete policyOf(t, 'Pictures').at(-1).Condition.StringEquals['AWS:SourceArn'],
  },
  {
    says: 'CloudFront reads no export',
    holds: (t) =>
      policyOf(t, 'Pictures').some(
        (one) =>
          one.Effect === 'Deny' &&
          one.Principal.Service === 'cloudfront.amazonaws.com' &&
          JSON.stringify(one.Resource).includes('/exports/*'),
      ),
    broken: (t) =>
      Object.assign(
        policyOf(t, 'Pictures').find((one) =>
          JSON.stringify(one.Resource).includes('/exports/*'),
        ) ?? {},
        { Resource: 'x' },
      ),
  },
  {
    says: 'exports go after a day, whatever a kill has left',
    holds: (t) =>
      bucket(t).LifecycleConfiguration.Rules.some(
        (one: Json) => one.Prefix === 'exports/' && one.ExpirationInDays === 1,
      ),
    broken: (t) =>
      Object.assign(
        bucket(t).LifecycleConfiguration.Rules.find((one: Json) => one.Prefix === 'exports/'),
        { ExpirationInDays: 2 },
      ),
  },
  {
    says: 'pictures have versions, a day to undo a mistake',
    holds: (t) => bucket(t).VersioningConfiguration?.Status === 'Enabled',
    broken: (t) => delete bucket(t).VersioningConfiguration,
  },
  {
    says: 'an erased picture is gone for good after a day',
    holds: (t) =>
      bucket(t).LifecycleConfiguration.Rules.some(
        (one: Json) => one.NoncurrentVersionExpiration?.NoncurrentDays === 1,
      ),
    broken: (t) => delete bucket(t).LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration,
  },
  {
    says: 'what was half uploaded goes after a day',
    holds: (t) =>
      bucket(t).LifecycleConfiguration.Rules.some(
        (one: Json) => one.AbortIncompleteMultipartUpload,
      ),
    broken: (t) => bucket(t).LifecycleConfiguration.Rules.pop(),
  },
  {
    says: 'who read which picture is written down',
    holds: (t) => bucket(t).LoggingConfiguration?.LogFilePrefix === 'pictures/',
    broken: (t) => delete bucket(t).LoggingConfiguration,
  },
  {
    says: 'addresses in the logs of pictures go after 30 days',
    holds: (t) => logs(t).LifecycleConfiguration.Rules[0].ExpirationInDays === 30,
    broken: (t) => delete logs(t).LifecycleConfiguration.Rules[0].ExpirationInDays,
  },
  {
    says: 'no bucket has a fixed name',
    holds: (t) => t.all('S3::Bucket').every(([, one]) => one.Properties.BucketName === undefined),
    broken: (t) => Object.assign(bucket(t), { BucketName: 'pictures' }),
  },
]

export const dataRules: Rule[] = [...tableRules, ...bucketRules]
