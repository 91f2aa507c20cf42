import { Duration, type Stack, Validations } from 'aws-cdk-lib'
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  Code,
  type FunctionProps,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { CfnBucket } from 'aws-cdk-lib/aws-s3'
import type { Group } from './groups.ts'
import type { Storage } from './storage.ts'

export type Work = Pick<Group, 'name' | 'table' | 'bucket' | 'memoryMb'>
export type Surroundings = Storage & {
  /** The folder that holds one built folder per function. */
  assets: string
  picturesUrl: string
}

const tableActions = {
  none: [],
  read: ['GetItem', 'BatchGetItem', 'Query'],
  // Transactions are authorised by the actions of their items.
  write: [
    'GetItem',
    'BatchGetItem',
    'Query',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'ConditionCheckItem',
    'BatchWriteItem',
  ],
}

/** A function with a role and a log group of its own, which may do what its line allows, and no more. */
export function lambda(
  stack: Stack,
  work: Work,
  around: Surroundings,
  props: Partial<FunctionProps> = {},
): LambdaFunction {
  const id = work.name.charAt(0).toUpperCase() + work.name.slice(1)
  const logGroup = new LogGroup(stack, `${id}Logs`, { retention: RetentionDays.ONE_MONTH })
  const role = new Role(stack, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  })
  logGroup.grantWrite(role)
  grant(stack, id, role, work, around)
  return new LambdaFunction(stack, `${id}Function`, {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(`${around.assets}/${work.name}`),
    handler: 'index.handler',
    memorySize: work.memoryMb,
    // Below the 30 s of the gateway, so that the function's own end is the one that is logged.
    timeout: Duration.seconds(29),
    environment: environment(work, around),
    role,
    logGroup,
    ...props,
  })
}

function environment(work: Work, { table, bucket, picturesUrl }: Surroundings) {
  return {
    ...(work.table !== 'none' && { TABLE_NAME: table.tableName, PICTURES_URL: picturesUrl }),
    ...(work.bucket !== 'none' && { BUCKET_NAME: bucket.bucketName }),
  }
}

function grant(stack: Stack, id: string, role: Role, work: Work, around: Surroundings): void {
  const { table, bucket } = around
  const statements: PolicyStatement[] = []
  if (work.table !== 'none') {
    const actions = tableActions[work.table].map((action) => `dynamodb:${action}`)
    statements.push(allow(actions, table.tableArn))
  }
  if (work.bucket === 'write') {
    statements.push(
      allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], bucket.arnForObjects('*')),
      // Also what makes a missing object a 404 and not a 403.
      allow(['s3:ListBucket'], bucket.bucketArn),
    )
  }
  if (statements.length === 0) return
  const policy = new Policy(stack, `${id}Data`, { statements, roles: [role] })
  if (work.bucket === 'none') return
  const child = bucket.node.defaultChild
  if (!(child instanceof CfnBucket)) return
  Validations.of(policy).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${stack.getLogicalId(child)}.Arn>/*]`,
    reason: 'Keys of pictures are random, so objects can only be named by the bucket they are in.',
  })
}

const allow = (actions: string[], resource: string) =>
  new PolicyStatement({ effect: Effect.ALLOW, actions, resources: [resource] })
