import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib'
import {
  Architecture,
  Code,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Group } from './groups.ts'
import { role } from './roles.ts'
import type { Settings } from './settings.ts'
import type { Storage } from './storage.ts'

export type Work = Pick<Group, 'name' | 'table' | 'memoryMb' | 'secrets'> & {
  bucket: Group['bucket'] | 'write-files'
  /** Patterns of the partition keys in which it puts rows, where it writes nothing else. */
  puts?: string[]
  /** The same of rows that it also changes and removes. */
  writes?: string[]
}
export type Surroundings = Storage & {
  settings: Settings
  /** The folder that holds one built folder per function. */
  assets: string
  picturesUrl: string
}

/** A function with a role and a log group of its own, which may do what its line allows, and no more. */
export function lambda(
  stack: Stack,
  work: Work,
  around: Surroundings,
  props: Partial<FunctionProps> = {},
): LambdaFunction {
  const { settings } = around
  const id = work.name.charAt(0).toUpperCase() + work.name.slice(1)
  const logGroup = logGroupOf(stack, `${id}Logs`, settings)
  return new LambdaFunction(stack, `${id}Function`, {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(`${around.assets}/${work.name}`),
    handler: 'index.handler',
    memorySize: settings.memoryMb || work.memoryMb,
    // Below the 30 s of the gateway, so that the function's own end is the one that is logged.
    timeout: Duration.seconds(29),
    environment: environment(stack, work, around),
    role: role(stack, id, work, around, logGroup),
    logGroup,
    ...quietSystemLines,
    ...props,
  })
}

export const logGroupOf = (stack: Stack, id: string, { logDays }: Settings): LogGroup =>
  new LogGroup(stack, id, {
    retention: logDays as RetentionDays,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  })

/** JSON as ours, and of a warning or worse only: START, END and REPORT would cost as much as our own line. */
const quietSystemLines = {
  loggingFormat: LoggingFormat.JSON,
  systemLogLevelV2: SystemLogLevel.WARN,
}

function environment(stack: Stack, work: Work, around: Surroundings): Record<string, string> {
  const { table, bucket, picturesUrl, settings } = around
  return {
    METRICS_NAMESPACE: stack.stackName,
    ...(settings.routeMetrics && { ROUTE_METRICS: '1' }),
    ...(work.table !== 'none' && {
      TABLE_NAME: table.tableName,
      PICTURES_URL: picturesUrl,
      LOG_PERSONAL_DAYS: String(settings.logPersonalDays),
      CHANGES_DAYS: String(settings.changesDays),
      ATTENDEE_REQUESTS: String(settings.attendeeRequests),
      SCANNER_REQUESTS: String(settings.scannerRequests),
      TOKEN_REQUESTS: String(settings.tokenRequests),
    }),
    ...(work.bucket !== 'none' && { BUCKET_NAME: bucket.bucketName }),
  }
}
