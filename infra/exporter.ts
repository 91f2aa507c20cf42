import { Duration, type Stack, Validations } from 'aws-cdk-lib'
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets'
import { Effect, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { lambda, type Surroundings, type Work } from './functions.ts'

/** Writes exports: called by whoever wants one, and every minute for those whose writer was killed, or that are to go. */
export function exporter(
  stack: Stack,
  around: Surroundings,
  wanting: LambdaFunction | undefined,
): { exportFailures: Queue; exporting: LambdaFunction } {
  const exportFailures = new Queue(stack, 'ExportFailures', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  })
  const reason = 'It holds what the function gave up, as a dead-letter queue does.'
  Validations.of(exportFailures).acknowledge({ id: 'AwsSolutions-SQS3', reason })
  // It reads as requests do, and finishes like them what was decided about whom it reads.
  const work = {
    name: 'exporter',
    table: 'write',
    bucket: 'write-files',
    memoryMb: 1769,
  } satisfies Work
  const exporting = lambda(stack, work, around, {
    timeout: Duration.minutes(15),
    deadLetterQueue: exportFailures,
    // The minute's schedule comes again by itself.
    retryAttempts: 0,
  })
  new Rule(stack, 'ExportsDue', {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [
      new LambdaTarget(exporting, {
        event: RuleTargetInput.fromObject({ due: true }),
        deadLetterQueue: exportFailures,
        retryAttempts: 0,
      }),
    ],
  })
  for (const caller of [exporting, ...(wanting ? [wanting] : [])]) mayCall(stack, caller, exporting)
  wanting?.addEnvironment('EXPORTER_FUNCTION', exporting.functionName)
  return { exportFailures, exporting }
}

/** Each export is written in an invocation of its own. */
function mayCall(stack: Stack, caller: LambdaFunction, exporting: LambdaFunction): void {
  new Policy(stack, `${caller.node.id.replace(/Function$/, '')}Calls`, {
    ...(caller.role && { roles: [caller.role] }),
    statements: [
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['lambda:InvokeFunction'],
        resources: [exporting.functionArn],
      }),
    ],
  })
}
