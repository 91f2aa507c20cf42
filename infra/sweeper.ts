import { Duration, type Stack } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { lambda, type Surroundings, type Work } from './functions.ts'

/** Finishes every minute what deletions left; what fails is not repeated, since the next minute comes. */
export function sweeper(
  stack: Stack,
  around: Surroundings,
): { failures: Queue; sweeping: LambdaFunction } {
  const failures = new Queue(stack, 'SweeperFailures', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  })
  const work = {
    name: 'sweeper',
    table: 'write',
    bucket: 'write',
    memoryMb: 1024,
    secrets: { remove: ['token', 'feed'] },
  } satisfies Work
  const sweeping = lambda(stack, work, around, {
    timeout: Duration.seconds(58),
    deadLetterQueue: failures,
    retryAttempts: 0,
  })
  new Rule(stack, 'EveryMinute', {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaTarget(sweeping, { deadLetterQueue: failures, retryAttempts: 0 })],
  })
  return { failures, sweeping }
}
