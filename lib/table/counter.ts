import { tableName } from '#lib/base/config.ts'
import { client } from './client.ts'
import { type Key, keys } from './keys.ts'
import { getRow } from './query.ts'
import { isConditionFailed } from './refusals.ts'
import { storeCall } from './retry.ts'
import type { Scope } from './scope.ts'
import { updateItem } from './short/commands.ts'

/**
 * The next integer id of a family, unique in its organisation: numbers that all shared would tell each how busy the
 * others are. A lost answer leaves a gap, which harms nobody.
 */
export const nextNumber = (scope: Scope, family: string): Promise<number> =>
  nextNumbers(scope, family, 1)

/** The same for `count` ids in a row: gives the first. */
export async function nextNumbers(scope: Scope, family: string, count: number): Promise<number> {
  const key = keys.counter(scope, family)
  const last = (await add(scope, key, count)) ?? (await begin(scope, family, count))
  return last - count + 1
}

/** Versions before 0.3 numbered all organisations together: one that was there goes on behind those numbers. */
async function begin(scope: Scope, family: string, count: number): Promise<number> {
  const shared = await getRow<{ ct: number }>(scope, keys.sharedCounter(family))
  const first = (shared?.ct ?? 0) + count
  const key = keys.counter(scope, family)
  // Of two that begin at once the second adds to what the first has put there.
  return (await put(scope, key, first)) ?? (await add(scope, key, count)) ?? first
}

const add = (scope: Scope, key: Key, count: number) =>
  change(scope, key, ['ADD ct :n', count, 'attribute_exists(pk)'])
const put = (scope: Scope, key: Key, value: number) =>
  change(scope, key, ['SET ct = :n', value, 'attribute_not_exists(pk)'])

/** What the counter says afterwards; undefined when its condition does not hold. */
async function change(
  scope: Scope,
  key: Key,
  [expression, value, condition]: [string, number, string],
): Promise<number | undefined> {
  const input = {
    TableName: tableName(),
    Key: key,
    UpdateExpression: expression,
    ConditionExpression: condition,
    ExpressionAttributeValues: { ':n': value },
    ReturnValues: 'UPDATED_NEW' as const,
  }
  try {
    const answer = await storeCall(scope, (abortSignal) =>
      client().send(updateItem(input), { abortSignal }),
    )
    return Number(answer.Attributes?.ct)
  } catch (error) {
    if (isConditionFailed(error)) return undefined
    throw error
  }
}
