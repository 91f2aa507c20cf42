import { CfnOutput, Duration, type Stack } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Topic } from 'aws-cdk-lib/aws-sns'
import type { Queue } from 'aws-cdk-lib/aws-sqs'

type Watched = {
  httpApi: HttpApi
  functions: Map<string, LambdaFunction>
  failures: Queue
  sweeping: LambdaFunction
}

/** A policy of its own replaces the default one, which would have let CloudWatch in. */
function alarmTopic(stack: Stack): Topic {
  const topic = new Topic(stack, 'Alarms', { enforceSSL: true })
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  )
  return topic
}

const period = Duration.minutes(5)

/** Alarms go to one topic, to which the operator subscribes; the dashboard shows the same figures. */
export function alarms(stack: Stack, { httpApi, functions, failures, sweeping }: Watched): void {
  const topic = alarmTopic(stack)
  const alarm = (id: string, metric: IMetric, threshold: number, silent = false) =>
    new Alarm(stack, id, {
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: silent
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: silent ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(topic))
  const all = [...functions.values()]
  const faults = httpApi.metricServerError({ period, statistic: 'Sum' })
  const throttles = all.map((one) => one.metricThrottles({ period }))
  const waiting = failures.metricApproximateNumberOfMessagesVisible({ period })
  alarm('ServerErrors', faults, 5)
  for (const [name, one] of functions) {
    alarm(`Throttles-${name}`, one.metricThrottles({ period }), 10)
  }
  alarm('SweeperFailed', waiting, 1)
  alarm('SweeperSilent', sweeping.metricInvocations({ period }), 1, true)
  const latency = httpApi.metricLatency({ period, statistic: 'p99' })
  const graphs = { Errors: [faults], Latency: [latency], Throttles: throttles, Failures: [waiting] }
  new Dashboard(stack, 'Dashboard', {
    widgets: [
      Object.entries(graphs).map(([title, left]) => new GraphWidget({ title, left, width: 6 })),
    ],
  })
  new CfnOutput(stack, 'AlarmTopic', { value: topic.topicArn })
}
