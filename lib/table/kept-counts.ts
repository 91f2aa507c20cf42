import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import { tableName } from '#lib/base/config.ts'
import { nowMillis } from '#lib/base/time.ts'
import { client } from './client.ts'
import type { Key } from './keys.ts'
import { isConditionFailed } from './refusals.ts'
import { storeCall } from './retry.ts'
import type { Scope } from './scope.ts'
import { updateItem } from './short/commands.ts'
import type { Write } from './writes.ts'

/**
 * A row that a list reads may keep counts of sets that lie elsewhere. Whoever counts in these sets says so in the row first,
 * which takes the kept counts out, and for two minutes nobody keeps any: so counts that are there are exact, and one short
 * write a minute is all that a busy process pays for it.
 */
export type Keeping<T> = { counts?: T; counted?: number; counting?: number }

/** What is said holds so long for others; and a transaction begins only with so much of it left that it ends before. */
const saidMs = 120_000
const leastMs = 60_000
/** Counts are taken anew after so long whatever the row says: writers of versions before 0.3 say nothing. */
const keptMs = 15 * 60_000
const mostRemembered = 10_000

/** Row → until when this process has said that it counts. */
const said = new Map<string, number>()

/** Says for the rows in which these writes move counts that they are moving. */
export async function sayCounting(scope: Scope, writes: Write[]): Promise<void> {
  const rows = new Map(writes.flatMap(({ shownIn: row }) => (row ? [[nameOf(row), row]] : [])))
  await Promise.all([...rows].map(([name, row]) => sayFor(scope, name, row)))
}

async function sayFor(scope: Scope, name: string, row: Key): Promise<void> {
  const now = nowMillis()
  if ((said.get(name) ?? 0) >= now + leastMs) return
  const until = now + saidMs
  // A row that is not there shows nothing; one that says it for longer keeps no counts either.
  await changed(scope, row, {
    UpdateExpression: 'SET counting = :until REMOVE counts, counted',
    ConditionExpression:
      'attribute_exists(pk) AND (attribute_not_exists(counting) OR counting < :until)',
    ExpressionAttributeValues: { ':until': until },
  })
  if (said.size >= mostRemembered) said.clear()
  said.set(name, until)
}

/** The counts that the row keeps, as long as they hold. */
export const keptCounts = <T>({ counts, counted = 0 }: Keeping<T>): T | undefined =>
  counted + keptMs > nowMillis() ? counts : undefined

/** Keeps counts that were taken at a time (milliseconds since 1970), unless somebody was counting or has begun since. */
export async function keepCounts<T>(
  scope: Scope,
  row: Key & Keeping<T>,
  { counts, at }: { counts: T; at: number },
): Promise<void> {
  const { counting = 0 } = row
  if (counting >= at) return
  await changed(scope, row, {
    UpdateExpression: 'SET counts = :counts, counted = :at',
    ConditionExpression:
      'attribute_exists(pk) AND (attribute_not_exists(counting) OR counting = :counting)',
    ExpressionAttributeValues: { ':counts': counts, ':at': at, ':counting': counting },
  })
}

async function changed(
  scope: Scope,
  { pk, sk }: Key,
  change: Pick<
    UpdateCommandInput,
    'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues'
  >,
): Promise<void> {
  const input = { TableName: tableName(), Key: { pk, sk }, ...change }
  await storeCall(scope, (abortSignal) => client().send(updateItem(input), { abortSignal })).catch(
    (error) => {
      if (!isConditionFailed(error)) throw error
    },
  )
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`
