import { functionNames } from '#infra/bundle.ts'
import { groups } from '#infra/groups.ts'
import type { Json, Rule, View } from './template.ts'

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
const functionsOf = (t: View): Json[] => t.all('Lambda::Function').map(([, one]) => one.Properties)
const named = (t: View, name: string): Json =>
  t.properties('Lambda::Function', `${capital(name)}Function`)
const every = (holds: (one: Json) => unknown) => (t: View) => functionsOf(t).every(holds)
const variables = (one: Json): string[] => Object.keys(one.Environment.Variables)

const known = [
  'TABLE_NAME',
  'BUCKET_NAME',
  'PICTURES_URL',
  'LOG_PERSONAL_DAYS',
  'CHANGES_DAYS',
  'ATTENDEE_REQUESTS',
  'SCANNER_REQUESTS',
  'TOKEN_REQUESTS',
  'METRICS_NAMESPACE',
  'EVENT_BUS_NAME',
  'EXPORTER_FUNCTION',
]

export const functionRules: Rule[] = [
  {
    says: 'there is a function for every group, and those behind them',
    holds: (t) => functionsOf(t).length === functionNames.length,
    broken: (t) => {
      t.template.Resources.Stranger = structuredClone(t.one('Lambda::Function', 'Events'))
    },
  },
  {
    says: 'functions run on Node 24',
    holds: every((one) => one.Runtime === 'nodejs24.x'),
    broken: (t) => Object.assign(named(t, 'people'), { Runtime: 'nodejs22.x' }),
  },
  {
    says: 'functions run on arm64, for which sharp was fetched',
    holds: every((one) => one.Architectures?.[0] === 'arm64'),
    broken: (t) => delete named(t, 'pictures').Architectures,
  },
  {
    says: 'functions start where the bundle exports',
    holds: every((one) => one.Handler === 'index.handler'),
    broken: (t) => Object.assign(named(t, 'events'), { Handler: 'main.handler' }),
  },
  {
    says: 'functions have the memory of their line',
    holds: (t) => groups.every(({ name, memoryMb }) => named(t, name).MemorySize === memoryMb),
    broken: (t) => Object.assign(named(t, 'sessions'), { MemorySize: 512 }),
  },
  {
    says: 'functions end before the gateway gives up on them',
    holds: (t) => groups.every(({ name }) => named(t, name).Timeout === 29),
    broken: (t) => Object.assign(named(t, 'people'), { Timeout: 30 }),
  },
  {
    says: 'the sweeper ends before its next run',
    holds: (t) => named(t, 'sweeper').Timeout < 60,
    broken: (t) => Object.assign(named(t, 'sweeper'), { Timeout: 60 }),
  },
  {
    says: 'functions write logs as JSON',
    holds: every((one) => one.LoggingConfig.LogFormat === 'JSON'),
    broken: (t) => Object.assign(named(t, 'people').LoggingConfig, { LogFormat: 'Text' }),
  },
  {
    says: 'the lines of the system do not double ours',
    holds: every((one) => one.LoggingConfig.SystemLogLevel === 'WARN'),
    broken: (t) => delete named(t, 'people').LoggingConfig.SystemLogLevel,
  },
  {
    says: 'functions write into log groups of the stack',
    holds: every((one) => one.LoggingConfig.LogGroup?.Ref),
    broken: (t) => Object.assign(named(t, 'people').LoggingConfig, { LogGroup: '/aws/lambda/x' }),
  },
  {
    says: 'no function has an endpoint of this machine, or a variable that nobody documents',
    holds: every((one) => variables(one).every((name) => known.includes(name))),
    broken: (t) =>
      Object.assign(named(t, 'events').Environment.Variables, { S3_ENDPOINT: 'http://127.0.0.1' }),
  },
  {
    says: 'functions with data know their table',
    holds: (t) =>
      groups.every(
        ({ name, table }) =>
          variables(named(t, name)).includes('TABLE_NAME') === (table !== 'none'),
      ),
    broken: (t) => delete named(t, 'networking').Environment.Variables.TABLE_NAME,
  },
  {
    says: 'functions with pictures know their bucket',
    holds: (t) =>
      groups.every(
        ({ name, bucket }) =>
          variables(named(t, name)).includes('BUCKET_NAME') === (bucket !== 'none'),
      ),
    broken: (t) => delete named(t, 'people').Environment.Variables.BUCKET_NAME,
  },
  {
    says: 'the days of personal values in usage logs can be set',
    holds: (t) => named(t, 'sweeper').Environment.Variables.LOG_PERSONAL_DAYS === '180',
    broken: (t) => delete named(t, 'sweeper').Environment.Variables.LOG_PERSONAL_DAYS,
  },
  {
    says: 'figures of two stages never mix',
    holds: every((one) => one.Environment.Variables.METRICS_NAMESPACE === 'Plenary'),
    broken: (t) =>
      Object.assign(named(t, 'people').Environment.Variables, { METRICS_NAMESPACE: 'x' }),
  },
  {
    says: 'nothing is reserved, which a new account would refuse',
    holds: every((one) => one.ReservedConcurrentExecutions === undefined),
    broken: (t) => Object.assign(named(t, 'pictures'), { ReservedConcurrentExecutions: 10 }),
  },
  {
    says: 'no function has a fixed name',
    holds: every((one) => one.FunctionName === undefined),
    broken: (t) => Object.assign(named(t, 'events'), { FunctionName: 'plenary-events' }),
  },
  {
    says: 'the sweeper runs every minute',
    holds: (t) => t.properties('Events::Rule').ScheduleExpression === 'rate(1 minute)',
    broken: (t) =>
      Object.assign(t.properties('Events::Rule'), { ScheduleExpression: 'rate(5 minutes)' }),
  },
  {
    says: 'the schedule is on',
    holds: (t) => t.properties('Events::Rule').State === 'ENABLED',
    broken: (t) => Object.assign(t.properties('Events::Rule'), { State: 'DISABLED' }),
  },
  {
    says: 'a run that could not be started is kept',
    holds: (t) => t.properties('Events::Rule').Targets[0].DeadLetterConfig,
    broken: (t) => delete t.properties('Events::Rule').Targets[0].DeadLetterConfig,
  },
  {
    says: 'a run that failed is kept',
    holds: (t) => named(t, 'sweeper').DeadLetterConfig,
    broken: (t) => delete named(t, 'sweeper').DeadLetterConfig,
  },
  {
    says: 'a run that failed is not repeated, since the next minute comes',
    holds: (t) => t.properties('Lambda::EventInvokeConfig').MaximumRetryAttempts === 0,
    broken: (t) =>
      Object.assign(t.properties('Lambda::EventInvokeConfig'), { MaximumRetryAttempts: 2 }),
  },
  {
    says: 'lost runs are encrypted',
    holds: (t) => t.properties('SQS::Queue').SqsManagedSseEnabled === true,
    broken: (t) => delete t.properties('SQS::Queue').SqsManagedSseEnabled,
  },
  {
    says: 'lost runs are kept for two weeks',
    holds: (t) => t.properties('SQS::Queue').MessageRetentionPeriod === 14 * 86_400,
    broken: (t) => delete t.properties('SQS::Queue').MessageRetentionPeriod,
  },
]
