import { type Stack, Validations } from 'aws-cdk-lib'
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnBucket } from 'aws-cdk-lib/aws-s3'
import type { Surroundings, Work } from './functions.ts'
import { type Secret, secretKeys } from './groups.ts'

/** A role for one function: its own log group, and of table and bucket what its line allows. */
export function role(
  stack: Stack,
  id: string,
  work: Work,
  around: Surroundings,
  logGroup: ILogGroup,
): Role {
  const made = new Role(stack, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  })
  logGroup.grantWrite(made)
  const statements = [...tableStatements(work, around), ...bucketStatements(work, around)]
  if (statements.length === 0) return made
  const policy = new Policy(stack, `${id}Data`, { statements, roles: [made] })
  if (work.bucket !== 'none') acknowledgeObjects(stack, policy, around, work.bucket)
  return made
}

/**
 * Transactions are authorised by the actions of their items. Rows that open doors have statements of their own:
 * a function that was taken over must not be able to make itself a token.
 */
function tableStatements(work: Work, { table }: Surroundings): PolicyStatement[] {
  if (work.table === 'none') return []
  const on = (actions: string[], conditions?: Record<string, unknown>) =>
    allow(
      actions.map((action) => `dynamodb:${action}`),
      table.tableArn,
      conditions,
    )
  const reading = on(['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem'])
  if (work.table === 'read') return [reading, on(['UpdateItem'], lastUse)]
  const { puts, writes } = work
  if (puts || writes) {
    return [
      reading,
      ...(puts ? [on(['PutItem'], within(puts))] : []),
      ...(writes ? [on(['PutItem', 'UpdateItem', 'DeleteItem'], within(writes))] : []),
    ]
  }
  const { make = [], remove = [] } = work.secrets ?? {}
  return [
    reading,
    on(['PutItem', 'UpdateItem', 'DeleteItem'], {
      'ForAllValues:StringNotLike': { 'dynamodb:LeadingKeys': Object.values(prefixes) },
    }),
    on(['UpdateItem'], lastUse),
    ...(make.length > 0 ? [on(['PutItem', 'UpdateItem', 'DeleteItem'], below(make))] : []),
    ...(remove.length > 0 ? [on(['DeleteItem'], below(remove))] : []),
  ]
}

const prefixes: Record<Secret, string> = {
  token: `${secretKeys.token}*`,
  feed: `${secretKeys.feed}*`,
}

const within = (patterns: string[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns },
})
const below = (secrets: Secret[]) => within(secrets.map((one) => prefixes[one]))

/** Every function notes when a token was used, and nothing else of it. */
const lastUse = {
  ...below(['token']),
  'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'lastUsedAt'] },
}

function bucketStatements(work: Work, { bucket }: Surroundings): PolicyStatement[] {
  if (work.bucket === 'none') return []
  if (work.bucket === 'files') return [allow(['s3:GetObject'], bucket.arnForObjects('exports/*'))]
  if (work.bucket === 'write-files') {
    return [
      allow(
        ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
        bucket.arnForObjects('exports/*'),
      ),
      allow(['s3:ListBucket'], bucket.bucketArn),
    ]
  }
  return [
    allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], bucket.arnForObjects('*')),
    // Also what makes a missing object a 404 and not a 403.
    allow(['s3:ListBucket'], bucket.bucketArn),
  ]
}

function acknowledgeObjects(
  stack: Stack,
  policy: Policy,
  { bucket: objects }: Surroundings,
  bucket: Work['bucket'],
): void {
  const child = objects.node.defaultChild
  const arn =
    child instanceof CfnBucket
      ? `<${stack.getLogicalId(child)}.Arn>`
      : `arn:<AWS::Partition>:s3:::${objects.bucketName}`
  Validations.of(policy).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arn}/${bucket === 'write' ? '*' : 'exports/*'}]`,
    reason: 'Keys of pictures are random, so objects can only be named by the bucket they are in.',
  })
}

const allow = (actions: string[], resource: string, conditions?: Record<string, unknown>) =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    actions,
    resources: [resource],
    ...(conditions && { conditions }),
  })
