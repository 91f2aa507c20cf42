import { CfnOutput, Duration, type Stack, Validations } from 'aws-cdk-lib'
import { EventBus, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets'
import { Effect, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { followStream } from './feed.ts'
import { lambda, type Surroundings, type Work } from './functions.ts'

/** What a webhook's sender writes: webhooks themselves, how far they are, deliveries, and who is due. */
const written = ['*#W', '*#WA', '*#WD#*', '*#WR#*', 'ZW']

/** Sends changes to webhooks: woken by the feed's rows in the stream, and every minute by what is to be tried again. */
export function deliver(
  stack: Stack,
  around: Surroundings,
  webhooks: LambdaFunction | undefined,
): { deliverFailures: Queue; delivering: LambdaFunction } {
  const deliverFailures = new Queue(stack, 'DeliverFailures', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  })
  const reason = 'It holds what the function gave up, as a dead-letter queue does.'
  Validations.of(deliverFailures).acknowledge({ id: 'AwsSolutions-SQS3', reason })
  const work = {
    name: 'deliver',
    table: 'write',
    bucket: 'none',
    memoryMb: 512,
    writes: written,
  } satisfies Work
  const delivering = lambda(stack, work, around, {
    timeout: Duration.seconds(60),
    deadLetterQueue: deliverFailures,
    // The minute's schedule comes again by itself.
    retryAttempts: 0,
  })
  followStream(stack, around.table, delivering, { failures: deliverFailures, filters })
  new Rule(stack, 'WebhooksDue', {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [
      new LambdaTarget(delivering, {
        event: RuleTargetInput.fromObject({ due: true }),
        deadLetterQueue: deliverFailures,
        retryAttempts: 0,
      }),
    ],
  })
  callsItself(stack, delivering)
  bus(stack, [delivering, ...(webhooks ? [webhooks] : [])])
  return { deliverFailures, delivering }
}

/** Each webhook is served in an invocation of its own. */
function callsItself(stack: Stack, delivering: LambdaFunction): void {
  new Policy(stack, 'DeliverTurns', {
    ...(delivering.role && { roles: [delivering.role] }),
    statements: [
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['lambda:InvokeFunction'],
        resources: [delivering.functionArn],
      }),
    ],
  })
}

/** The bus of the account for webhooks without an address; whoever wants the changes adds rules to it. */
function bus(stack: Stack, senders: LambdaFunction[]): void {
  const made = new EventBus(stack, 'Changes')
  for (const one of senders) {
    made.grantPutEventsTo(one)
    one.addEnvironment('EVENT_BUS_NAME', made.eventBusName)
  }
  new CfnOutput(stack, 'EventBusName', { value: made.eventBusName })
}

/** The same as `isWaking` says. */
const filters = [
  { eventName: ['INSERT'], dynamodb: { NewImage: { kind: { S: ['change'] } } } },
  { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: ['ZW'] } } } },
]
