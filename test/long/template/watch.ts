import { readFileSync } from 'node:fs'
import { watches } from '#infra/alarms.ts'
import { defaults } from '#infra/settings.ts'
import type { Json, Rule, View } from './template.ts'

const alarm = (t: View, id: string): Json => t.properties('CloudWatch::Alarm', id)
const alarms = (t: View): Json[] => t.all('CloudWatch::Alarm').map(([, one]) => one.Properties)
const topic = (t: View): Json[] => t.properties('SNS::TopicPolicy').PolicyDocument.Statement
const filter = (t: View, id: string): Json => t.properties('Logs::MetricFilter', id)
const operate = readFileSync('docs/operate.md', 'utf8')

/** The figure an alarm stands on: its metric, and what must change for it to stand on another. */
const source = (id: string, metric: string): Rule => ({
  says: `${id} stands on ${metric}`,
  holds: (t) => alarm(t, id).MetricName === metric,
  broken: (t) => Object.assign(alarm(t, id), { MetricName: 'Count' }),
})

export const watchRules: Rule[] = [
  {
    says: 'there is an alarm for every line of the list, and no other',
    holds: (t) => alarms(t).length === watches(defaults).length,
    broken: (t) => {
      t.template.Resources.Stranger = structuredClone(t.one('CloudWatch::Alarm', 'Slow'))
    },
  },
  {
    says: 'every alarm tells somebody',
    holds: (t) => alarms(t).every((one) => one.AlarmActions?.length === 1),
    broken: (t) => delete alarm(t, 'Slow').AlarmActions,
  },
  {
    says: 'the end of every alarm is told too',
    holds: (t) => alarms(t).every((one) => one.OKActions?.length === 1),
    broken: (t) => delete alarm(t, 'JobsOld').OKActions,
  },
  {
    says: 'every alarm names its paragraph, which is there and has a command',
    holds: (t) =>
      alarms(t).every(({ AlarmDescription }) => {
        const [, id = ''] = /docs\/operate\.md, "(\w+)"/.exec(AlarmDescription) ?? []
        const [, paragraph = ''] = operate.split(`\n### ${id}\n`)
        return id !== '' && /```sh\n.+\n```/s.test(paragraph.split('\n#')[0] ?? '')
      }),
    broken: (t) => Object.assign(alarm(t, 'Slow'), { AlarmDescription: 'Slow.' }),
  },
  source('ServerErrors', '5xx'),
  source('Slow', 'Latency'),
  source('Concurrency', 'ConcurrentExecutions'),
  source('FunctionThrottles', 'Throttles'),
  source('TableConflicts', 'TransactionConflict'),
  source('SweeperErrors', 'Errors'),
  source('SweeperSilent', 'Invocations'),
  source('JobsOld', 'OldestJobSeconds'),
  source('FeedLate', 'IteratorAge'),
  source('FeedLetters', 'NumberOfMessagesSent'),
  {
    says: 'a letter that lies there does not hold its alarm for two weeks',
    holds: (t) => alarm(t, 'SweeperLetters').MetricName === 'NumberOfMessagesSent',
    broken: (t) =>
      Object.assign(alarm(t, 'SweeperLetters'), {
        MetricName: 'ApproximateNumberOfMessagesVisible',
      }),
  },
  {
    says: 'slowness is told by the slowest hundredth',
    holds: (t) => alarm(t, 'Slow').ExtendedStatistic === 'p99',
    broken: (t) => Object.assign(alarm(t, 'Slow'), { ExtendedStatistic: 'p50' }),
  },
  {
    says: 'throttles of the table are told, of reads and of writes',
    holds: (t) => {
      const text = JSON.stringify(alarm(t, 'TableThrottles').Metrics)
      return text.includes('ReadThrottleEvents') && text.includes('WriteThrottleEvents')
    },
    broken: (t) => alarm(t, 'TableThrottles').Metrics.pop(),
  },
  {
    says: 'silence of the sweeper is an alarm, of the others not',
    holds: (t) =>
      t
        .all('CloudWatch::Alarm')
        .every(
          ([id, { Properties }]) =>
            (Properties.TreatMissingData === 'breaching') === id.startsWith('SweeperSilent'),
        ),
    broken: (t) => Object.assign(alarm(t, 'SweeperSilent'), { TreatMissingData: 'notBreaching' }),
  },
  {
    says: 'concurrency is told at four fifths of the quota',
    holds: (t) => alarm(t, 'Concurrency').Threshold === 800,
    broken: (t) => Object.assign(alarm(t, 'Concurrency'), { Threshold: 1000 }),
  },
  {
    says: 'refusals of the throttle are counted, the gateway’s own too',
    holds: (t) => filter(t, 'TooManyRequests').FilterPattern === '{ $.status = "429" }',
    broken: (t) =>
      Object.assign(filter(t, 'TooManyRequests'), { FilterPattern: '{ $.status = "503" }' }),
  },
  {
    says: 'unknown tokens are counted',
    holds: (t) => filter(t, 'Unauthorised').FilterPattern === '{ $.status = "401" }',
    broken: (t) =>
      Object.assign(filter(t, 'Unauthorised'), { FilterPattern: '{ $.status = "403" }' }),
  },
  {
    says: 'answers are counted in the access log, jobs and exports in the logs of who does them',
    holds: (t) =>
      t
        .all('Logs::MetricFilter')
        .every(([id, one]) =>
          one.Properties.LogGroupName.Ref.startsWith(
            id.startsWith('Jobs')
              ? 'SweeperLogs'
              : id.startsWith('Exports')
                ? 'ExporterLogs'
                : 'AccessLogs',
          ),
        ),
    broken: (t) =>
      Object.assign(filter(t, 'Unauthorised'), { LogGroupName: { Ref: 'PeopleLogs' } }),
  },
  {
    says: 'jobs that are set aside are counted',
    holds: (t) => filter(t, 'Jobs').FilterPattern === '{ $.message = "job set aside" }',
    broken: (t) => Object.assign(filter(t, 'Jobs'), { FilterPattern: '{ $.message = "job" }' }),
  },
  {
    says: 'the alarms read what the counters write',
    holds: (t) =>
      t.all('Logs::MetricFilter').every(([, one]) => {
        const { MetricName, MetricNamespace } = one.Properties.MetricTransformations[0]
        return alarms(t).some(
          (it) => it.MetricName === MetricName && it.Namespace === MetricNamespace,
        )
      }),
    broken: (t) => Object.assign(alarm(t, 'UnknownTokens'), { Namespace: 'Elsewhere' }),
  },
  {
    says: 'CloudWatch may write to the topic',
    holds: (t) => topic(t).some((one) => one.Principal.Service === 'cloudwatch.amazonaws.com'),
    broken: (t) => topic(t).pop(),
  },
  {
    says: 'but not that of other accounts',
    holds: (t) =>
      topic(t).every(
        (one) => one.Effect === 'Deny' || one.Condition?.StringEquals?.['aws:SourceAccount'],
      ),
    broken: (t) => delete topic(t).at(-1).Condition,
  },
  {
    says: 'nothing is said over plain HTTP',
    holds: (t) => topic(t).some((one) => one.Effect === 'Deny'),
    broken: (t) => topic(t).shift(),
  },
]
