import { type App, CfnOutput, CfnRule, Fn, Stack, Tags } from 'aws-cdk-lib'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { alarms } from './alarms.ts'
import { api } from './api.ts'
import { deliver } from './deliver.ts'
import { exporter } from './exporter.ts'
import { feed } from './feed.ts'
import { lambda, type Surroundings } from './functions.ts'
import { groups } from './groups.ts'
import { pictures } from './pictures.ts'
import { readSettings, type Settings, stackName, tagsIn } from './settings.ts'
import { storage } from './storage.ts'
import { sweeper } from './sweeper.ts'

/** What stands in `assets`: a folder with a built folder per function, and whether sharp could be had. */
export type Assets = { folder: string; complete: boolean }

/** All of one stage of Plenary in one stack. */
export function plenaryStack(app: App, assets: Assets): Stack {
  const settings = readSettings(app)
  const stack = new Stack(app, stackName(settings.stage), {
    description: 'Plenary: the backend of an event',
    terminationProtection: settings.terminationProtection,
  })
  for (const [name, value] of tagsIn(settings.tags)) Tags.of(stack).add(name, value)
  const stores = storage(stack, settings)
  const picturesUrl = pictures(stack, stores, settings)
  const around = { ...stores, settings, assets: assets.folder, picturesUrl }
  const functions = endpoints(stack, around)
  const behind = {
    ...sweeper(stack, around),
    ...feed(stack, around),
    ...deliver(stack, around, functions.get('webhooks')),
    ...exporter(stack, around, functions.get('exports')),
  }
  const watched = { ...api(stack, functions, settings), ...behind }
  alarms(stack, { ...watched, table: stores.table }, settings)
  new CfnOutput(stack, 'TableName', { value: stores.table.tableName })
  new CfnOutput(stack, 'BucketName', { value: stores.bucket.bucketName })
  if (!assets.complete) refuseDeployment(stack)
  return stack
}

function endpoints(stack: Stack, around: Surroundings): Map<string, LambdaFunction> {
  const functions = new Map<string, LambdaFunction>()
  for (const group of groups) {
    functions.set(
      group.name,
      lambda(stack, group, around, reservation(group.name, around.settings)),
    )
  }
  return functions
}

/** So that decoding pictures cannot starve the API. */
const reservation = (name: string, { picturesConcurrency }: Settings) =>
  name === 'pictures' && picturesConcurrency > 0
    ? { reservedConcurrentExecutions: picturesConcurrency }
    : {}

/** A template can be made without a network, but CloudFormation must not take one whose pictures would fail. */
function refuseDeployment(stack: Stack): void {
  new CfnRule(stack, 'BundlesAreComplete', {
    assertions: [
      {
        assert: Fn.conditionEquals('sharp for linux-arm64', 'missing'),
        assertDescription:
          'The bundles were made without sharp for linux-arm64, since npm could not fetch it: make them again.',
      },
    ],
  })
}
