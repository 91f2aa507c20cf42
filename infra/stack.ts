import { type App, CfnOutput, Stack } from 'aws-cdk-lib'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { alarms } from './alarms.ts'
import { api } from './api.ts'
import { lambda } from './functions.ts'
import { groups } from './groups.ts'
import { pictures } from './pictures.ts'
import { storage } from './storage.ts'
import { sweeper } from './sweeper.ts'

/**
 * All of Plenary in one stack. `assets` is the folder with a built folder per function. Pictures may
 * run `picturesConcurrency` at a time, so that decoding cannot starve the API; 0 sets no limit, for
 * accounts whose quota is too small to reserve anything.
 */
export function plenaryStack(app: App, assets: string): Stack {
  const stack = new Stack(app, 'Plenary', { description: 'Plenary: the backend of an event' })
  const stores = storage(stack)
  const picturesUrl = pictures(stack, stores)
  const around = { ...stores, assets, picturesUrl }
  const reserved = Number(app.node.tryGetContext('picturesConcurrency') ?? 10)
  const functions = new Map<string, LambdaFunction>()
  for (const group of groups) {
    const limited = group.name === 'pictures' && reserved > 0
    const props = limited ? { reservedConcurrentExecutions: reserved } : {}
    functions.set(group.name, lambda(stack, group, around, props))
  }
  const httpApi = api(stack, functions)
  alarms(stack, { httpApi, functions, ...sweeper(stack, around) })
  new CfnOutput(stack, 'TableName', { value: stores.table.tableName })
  new CfnOutput(stack, 'BucketName', { value: stores.bucket.bucketName })
  return stack
}
