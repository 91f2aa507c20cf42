import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { callTurn, runTurn } from '#lib/http/delivery/turns.ts'
import { dueWebhooks, type Place, wokenBy } from '#lib/store/webhooks/due.ts'

/** What is left of the time when the last store call must be over. */
const reserveMs = 3_000

/** One webhook that is to be sent what it has yet to get. */
type TurnEvent = { turn: Place }
/** What the schedule sends: whoever is due is called. */
type DueEvent = { due: true }

/**
 * Sends changes to webhooks: woken by the rows of the feed in the table's stream, and by a schedule for what is to be tried
 * again; either calls this function anew for each webhook, so that none waits for another.
 */
export async function handler(
  event: DynamoDBStreamEvent | TurnEvent | DueEvent,
  context?: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<DynamoDBBatchResponse> {
  const deadline = Date.now() + (context?.getRemainingTimeInMillis() ?? 60_000) - reserveMs
  if ('turn' in event) await runTurn(event.turn, deadline)
  else {
    const places =
      'due' in event ? await dueWebhooks(deadline) : await wokenBy(event.Records, deadline)
    await Promise.all(places.map(callTurn))
  }
  return { batchItemFailures: [] }
}
