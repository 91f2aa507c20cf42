import { isDeepStrictEqual } from 'node:util'
import { client } from './client.ts'
import { isConditionFailed } from './refusals.ts'
import { busy, isTransient, storeCall } from './retry.ts'
import type { Scope } from './scope.ts'
import { putItem } from './short/commands.ts'
import { isRepeated, isUnsure } from './short/unsure.ts'
import type { Reason } from './trial.ts'
import { plainRow } from './wire-values.ts'
import type { Row, Write } from './writes.ts'

/**
 * The put of a plan that is nothing but the next version of one row: alone, it costs half of what it costs as a
 * transaction.
 */
export function aloneIn([first, ...others]: Write[]): Row | undefined {
  const isVersion = first?.item.Put?.Item && first.when?.vr !== undefined
  return others.length === 0 && isVersion ? first.item.Put : undefined
}

/**
 * Writes it; why not, as a transaction says it. Where an answer was lost, the row tells whether it is written: so it is never
 * written twice, nor refused for what it has itself done. Only when somebody has written since, nobody can tell.
 */
export async function putAlone(scope: Scope, put: Row): Promise<Reason[] | undefined> {
  let unsure = false
  try {
    await storeCall(
      scope,
      (abortSignal) => client().send(putItem(put as never), { abortSignal }),
      (error) => {
        unsure ||= isUnsure(error)
        return isTransient(error)
      },
    )
    return undefined
  } catch (error) {
    if (!isConditionFailed(error)) throw error
    // It comes in wire form even from the document client.
    const there = error.Item && plainRow(error.Item)
    if (isDeepStrictEqual(there, defined(put.Item))) return undefined
    if (unsure || isRepeated(error)) throw busy()
    return [{ Code: 'ConditionalCheckFailed', Item: there }]
  }
}

/** A value as it is kept: without what is undefined. */
function defined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(defined)
  if (typeof value !== 'object' || value === null || value instanceof Set) return value
  const known = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(known.map(([name, one]) => [name, defined(one)]))
}
