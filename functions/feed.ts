import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { followRecords } from '#lib/store/feed/follow.ts'

/** What is left of the time when the last store call must be over. */
const reserveMs = 3_000

/** Takes the table's stream, some records at a time and those of one row in their order (docs/data.md, Changes). */
export async function handler(
  { Records }: DynamoDBStreamEvent,
  context?: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<DynamoDBBatchResponse> {
  const left = context?.getRemainingTimeInMillis() ?? 60_000
  const failed = await followRecords(Records, Date.now() + left - reserveMs)
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] }
}
