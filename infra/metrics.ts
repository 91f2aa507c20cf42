import { Duration, type Stack } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import {
  type IMetric,
  MathExpression,
  Metric,
  type MetricOptions,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { ITable } from 'aws-cdk-lib/aws-dynamodb'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { Queue } from 'aws-cdk-lib/aws-sqs'

export type Watched = {
  httpApi: HttpApi
  accessLog: ILogGroup
  table: ITable
  failures: Queue
  sweeping: LambdaFunction
  feedFailures: Queue
  feeding: LambdaFunction
  deliverFailures: Queue
  delivering: LambdaFunction
  exportFailures: Queue
  exporting: LambdaFunction
}

export type Metrics = ReturnType<typeof metricsOf>

const period = Duration.minutes(5)
const sum: MetricOptions = { period, statistic: 'Sum' }
const most: MetricOptions = { period, statistic: 'Maximum' }

/** Everything that is watched. What the functions count themselves stands in a namespace with the stack's name. */
export function metricsOf(stack: Stack, watched: Watched) {
  const { httpApi, failures, sweeping, feeding, table } = watched
  const own = (metricName: string, options: MetricOptions) =>
    new Metric({ namespace: stack.stackName, metricName, ...options })
  const ofLambda = (metricName: string, options: MetricOptions) =>
    new Metric({ namespace: 'AWS/Lambda', metricName, ...options })
  const ofTable = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName },
      ...sum,
    })
  return {
    requests: httpApi.metricCount(sum),
    serverErrors: httpApi.metricServerError(sum),
    slowest: httpApi.metricLatency({ period, statistic: 'p99' }),
    // The gateway's own answers among them, which no function ever sees.
    tooMany: lines(stack, watched.accessLog, 'TooManyRequests', ['status', '429']),
    unauthorised: lines(stack, watched.accessLog, 'Unauthorised', ['status', '401']),
    // Of the whole account and region, as the quota is that both tell about.
    functionThrottles: ofLambda('Throttles', sum),
    concurrency: ofLambda('ConcurrentExecutions', most),
    tableReads: ofTable('ConsumedReadCapacityUnits'),
    tableWrites: ofTable('ConsumedWriteCapacityUnits'),
    tableThrottles: total(['ReadThrottleEvents', 'WriteThrottleEvents'].map(ofTable), 'throttles'),
    tableConflicts: ofTable('TransactionConflict'),
    sweeperErrors: sweeping.metricErrors(sum),
    sweeperRuns: sweeping.metricInvocations(sum),
    // What comes in, not what lies there: one letter must not hold the alarm until somebody takes it out.
    deadLetters: failures.metricNumberOfMessagesSent(sum),
    jobsSetAside: lines(stack, sweeping.logGroup, 'JobsSetAside', ['message', 'job set aside']),
    // How old the records are that the feed is given, in milliseconds.
    feedAge: feeding.metric('IteratorAge', most),
    feedLetters: watched.feedFailures.metricNumberOfMessagesSent(sum),
    deliverAge: watched.delivering.metric('IteratorAge', most),
    deliverErrors: watched.delivering.metricErrors(sum),
    deliverLetters: watched.deliverFailures.metricNumberOfMessagesSent(sum),
    exportsNotWritten: lines(stack, watched.exporting.logGroup, 'ExportsNotWritten', [
      'message',
      'an export was not written',
    ]),
    exportLetters: watched.exportFailures.metricNumberOfMessagesSent(sum),
    jobsFailed: own('JobsFailed', sum),
    oldestJob: own('OldestJobSeconds', most),
  } satisfies Record<string, IMetric>
}

/** Lines of a log that have a value in a field. */
function lines(
  stack: Stack,
  logGroup: ILogGroup,
  metricName: string,
  [field, value]: [string, string],
): Metric {
  return new MetricFilter(stack, `${metricName}Filter`, {
    logGroup,
    metricNamespace: stack.stackName,
    metricName,
    filterPattern: FilterPattern.stringValue(`$.${field}`, '=', value),
    metricValue: '1',
  }).metric(sum)
}

/** One alarm over several figures costs as much as one over each, but rings once. */
function total(metrics: Metric[], label: string): IMetric {
  const named = metrics.map((metric, n): [string, IMetric] => [`m${n}`, metric])
  return new MathExpression({
    expression: named.map(([name]) => `FILL(${name}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(named),
    label,
    period,
  })
}
