import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { tableName } from '#lib/base/config.ts'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { storeCall } from './retry.ts'
import type { Scope } from './scope.ts'

/** The next integer id of a family, unique in this installation. A lost answer leaves a gap, which harms nobody. */
export const nextNumber = (scope: Pick<Scope, 'deadline'>, family: string): Promise<number> =>
  nextNumbers(scope, family, 1)

/** The same for `count` ids in a row: gives the first. */
export async function nextNumbers(
  scope: Pick<Scope, 'deadline'>,
  family: string,
  count: number,
): Promise<number> {
  const answer = await storeCall(scope, (abortSignal) =>
    client().send(
      new UpdateCommand({
        TableName: tableName(),
        Key: keys.counter(family),
        UpdateExpression: 'ADD ct :count',
        ExpressionAttributeValues: { ':count': count },
        ReturnValues: 'UPDATED_NEW',
      }),
      { abortSignal },
    ),
  )
  return Number(answer.Attributes?.ct) - count + 1
}
