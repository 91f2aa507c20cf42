import { CfnOutput, Duration, type Stack } from 'aws-cdk-lib'
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
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { budget } from './budget.ts'
import { type Metrics, metricsOf, type Watched } from './metrics.ts'
import type { Settings } from './settings.ts'

export type Watch = {
  /** Also the heading of its paragraph in docs/operate.md. */
  id: string
  metric: keyof Metrics
  /** Raised from this number on … */
  from?: number
  /** … or below this one, a missing figure included. */
  below?: number
  /** So many periods of five minutes in a row; one unless said. */
  periods?: number
  says: string
}

/** Every alarm there is: adding one is a line here and a paragraph in docs/operate.md. */
export const watches = ({ lambdaQuota, requestsPerSecond }: Settings): Watch[] => [
  { id: 'ServerErrors', metric: 'serverErrors', from: 5, says: 'The API answers 500 or 503.' },
  { id: 'Slow', metric: 'slowest', from: 3_000, periods: 3, says: '1 % of answers take over 3 s.' },
  {
    id: 'TooManyRequests',
    metric: 'tooMany',
    from: requestsPerSecond,
    says: 'Clients are refused by the throttle (429).',
  },
  {
    id: 'UnknownTokens',
    metric: 'unauthorised',
    from: 300,
    says: 'Many requests without a token.',
  },
  {
    id: 'FunctionThrottles',
    metric: 'functionThrottles',
    from: 10,
    says: 'Lambda has no room for requests.',
  },
  {
    id: 'Concurrency',
    metric: 'concurrency',
    from: Math.floor(lambdaQuota * 0.8),
    says: 'The account is close to its quota of Lambdas at once.',
  },
  { id: 'TableThrottles', metric: 'tableThrottles', from: 10, says: 'DynamoDB refuses requests.' },
  {
    id: 'TableConflicts',
    metric: 'tableConflicts',
    from: 3_000,
    says: 'Many writes meet on the same rows.',
  },
  { id: 'SweeperErrors', metric: 'sweeperErrors', from: 3, says: 'The sweeper fails.' },
  { id: 'SweeperSilent', metric: 'sweeperRuns', below: 1, periods: 2, says: 'It does not run.' },
  { id: 'SweeperLetters', metric: 'deadLetters', from: 1, says: 'A run of the sweeper was lost.' },
  { id: 'JobsSetAside', metric: 'jobsSetAside', from: 1, says: 'A job failed five times.' },
  {
    id: 'JobsOld',
    metric: 'oldestJob',
    from: 1_800,
    says: 'Work behind answers is half an hour late.',
  },
  {
    id: 'FeedLate',
    metric: 'feedAge',
    from: 60_000,
    says: 'Changes are told a minute late or more.',
  },
  { id: 'FeedLetters', metric: 'feedLetters', from: 1, says: 'Changes were given up untold.' },
  { id: 'DeliverLate', metric: 'deliverAge', from: 60_000, says: 'Webhooks wake a minute late.' },
  { id: 'DeliverErrors', metric: 'deliverErrors', from: 5, says: 'The sender of webhooks fails.' },
  { id: 'DeliverLetters', metric: 'deliverLetters', from: 1, says: 'A wake of webhooks was lost.' },
  {
    id: 'ExportsNotWritten',
    metric: 'exportsNotWritten',
    from: 3,
    says: 'Exports fail while they are written.',
  },
  {
    id: 'ExportLetters',
    metric: 'exportLetters',
    from: 1,
    says: 'A run of the exporter was lost.',
  },
]

/** Alarms and their ends go to one topic; the dashboard shows the same figures. */
export function alarms(stack: Stack, watched: Watched, settings: Settings): void {
  const topic = alarmTopic(stack, settings)
  const metrics = metricsOf(stack, watched)
  const action = new SnsAction(topic)
  for (const watch of watches(settings)) {
    const made = alarm(stack, watch, metrics[watch.metric])
    made.addAlarmAction(action)
    made.addOkAction(action)
  }
  dashboard(stack, metrics)
  if (settings.budget > 0) budget(stack, settings)
  new CfnOutput(stack, 'AlarmTopic', { value: topic.topicArn })
}

function alarm(stack: Stack, watch: Watch, metric: IMetric): Alarm {
  const { id, from, below, periods = 1, says } = watch
  const isSilence = below !== undefined
  return new Alarm(stack, id, {
    metric,
    threshold: from ?? below ?? 1,
    evaluationPeriods: periods,
    alarmDescription: `${says} What to do: docs/operate.md, "${id}".`,
    comparisonOperator: isSilence
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: isSilence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  })
}

/** A policy of its own replaces the default one, which would have let CloudWatch in. */
function alarmTopic(stack: Stack, { alarmEmail }: Settings): Topic {
  const topic = new Topic(stack, 'Alarms', { enforceSSL: true })
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  )
  if (alarmEmail) topic.addSubscription(new EmailSubscription(alarmEmail))
  return topic
}

function dashboard(stack: Stack, metrics: Metrics): void {
  const graphs: Record<string, (keyof Metrics)[]> = {
    Answers: ['requests', 'serverErrors', 'tooMany', 'unauthorised'],
    'Milliseconds (p99)': ['slowest'],
    Functions: ['functionThrottles', 'concurrency'],
    Table: ['tableReads', 'tableWrites', 'tableThrottles', 'tableConflicts'],
    'Work behind answers': [
      'sweeperErrors',
      'deadLetters',
      'jobsFailed',
      'jobsSetAside',
      'oldestJob',
    ],
    Changes: ['feedAge', 'feedLetters'],
  }
  const widgets = Object.entries(graphs).map(
    ([title, names]) =>
      new GraphWidget({
        title,
        left: names.map((name) => metrics[name]),
        width: 8,
        period: Duration.minutes(5),
      }),
  )
  new Dashboard(stack, 'Dashboard', { widgets: [widgets.slice(0, 3), widgets.slice(3)] })
}
